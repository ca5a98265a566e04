// Lets a module that is linked here load where glibc is older, down to 2.28.
//
// The linker binds each name to the newest version that this machine's glibc has of it. The names below took a new version
// after 2.28, though the old one still does; the module calls the old one. What came after 2.28, and libstdc++ wants where
// it is linked in, is defined here. Every name is hidden: nothing outside of the module is bound to it.
//
// `readelf -Ws --dyn-syms` of a module tells what it asks of glibc, and `auditwheel show` which tag that makes.
#include <sys/random.h>
#include <sys/stat.h>

#if !defined(__x86_64__) || !defined(__GLIBC__)
#error "these are the versions of glibc on x86-64"
#endif

// NAME, here, is a jump to the version that glibc has had from its beginning on this architecture.
#define OCRKIT_OLDER(name)                                                                                          \
    asm(".symver ocrkit_older_" #name ", " #name "@GLIBC_2.2.5\n.globl " #name "\n.hidden " #name "\n.type " #name   \
        ", @function\n" #name ":\n    jmp ocrkit_older_" #name "@PLT\n.size " #name ", . - " #name "\n")

// 2.29: without the wrapper that sets errno in its own way.
OCRKIT_OLDER(exp);
OCRKIT_OLDER(exp2);
OCRKIT_OLDER(log);
OCRKIT_OLDER(log2);
OCRKIT_OLDER(pow);
// 2.34: libpthread became a part of libc.
OCRKIT_OLDER(__pthread_key_create);
OCRKIT_OLDER(pthread_create);
OCRKIT_OLDER(pthread_detach);
OCRKIT_OLDER(pthread_getspecific);
OCRKIT_OLDER(pthread_join);
OCRKIT_OLDER(pthread_key_create);
OCRKIT_OLDER(pthread_key_delete);
OCRKIT_OLDER(pthread_once);
OCRKIT_OLDER(pthread_rwlock_rdlock);
OCRKIT_OLDER(pthread_rwlock_unlock);
OCRKIT_OLDER(pthread_rwlock_wrlock);
OCRKIT_OLDER(pthread_setspecific);

extern "C" {

int __fxstat(int version, int file, struct stat* found) noexcept;

// 2.33: fstat was a macro over this until then.
[[gnu::visibility("hidden")]] int fstat(int file, struct stat* found) noexcept { return __fxstat(1, file, found); }

// 2.32: whether libstdc++ may count references without atomics. It may not, which is always right.
[[gnu::visibility("hidden")]] char __libc_single_threaded = 0;

// 2.36: for std::random_device, which nothing here uses.
[[gnu::visibility("hidden")]] unsigned int arc4random() noexcept {
    unsigned int value = 0;
    if (getentropy(&value, sizeof value) != 0) __builtin_trap();
    return value;
}

}  // extern "C"
