"""Requests that harm, each made anew from a number, so that one that did harm can be sent again."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from serving_attack.files import BOMBS, good_files, mutated, saved, small_page
from serving_attack.wire import Sent, form, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from serving_attack.wire import Answer, Place

__all__ = ["Attack", "attack", "fault_of", "ordinary"]

NAMES = (
    "../../../../etc/passwd",
    "..\\..\\windows\\system32\\cmd.exe",
    "/etc/shadow",
    "C:\\a.png",
    "a\0b.png",
    '\\"><img src=x onerror=alert(1)>.png',
    "CON",
    "." * 300,
    "മലയാളം\u202egnp.exe",
    "\udcff\udcfe.png",
    "a.png\r\nX-Injected: yes",
    "%2e%2e%2f%00",
    "n" * 8000,
    "",
)
PATHS = (
    "/page/../../../../etc/passwd",
    "/page/..%2f..%2f..%2fetc%2fpasswd",
    "/page/%2e%2e/%2e%2e/app.py",
    "/page//etc/passwd",
    "/page/..\\..\\app.py",
    "/page/main.js%00.css",
    "/v1/jobs/../../etc/passwd",
    "/v1/jobs/" + "0" * 5000,
    "/v1/jobs/%00/result",
    "/v1/jobs/x/pages/-1",
    "/v1/jobs/x/pages/99999999999999999999/picture",
    "/v1/jobs/x/pages/\u0661",
    "//",
    "/%ff%fe",
    "*",
    "http://elsewhere.example/v1/models",
)
QUERIES = (
    "to=../../x",
    "to=json&to=text",
    "to=" + "x" * 3000,
    "model=../../../etc/passwd",
    "model=%00",
    "segmenter=/bin/sh",
    "correct=__import__('os')",
    "reject=nan",
    "reject=1e999",
    "reject=-0",
    "async=perhaps",
    "lexicon=" + "a," * 5000,
    "lexicon=%F0%9F%98%80,%00,%ED%A0%80",
    "name=%0d%0aX-Injected:%20yes",
    "unknown=1",
    "&&&==&%%%",
)
_HEADS = (
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example:8000"},
    {"Host": ""},
    {"Host": "a@127.0.0.1"},
    {"Host": "[::1"},
    {"Host": "127.0.0.1\r\nHost: evil.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Authorization": "Bearer wrong"},
    {"Authorization": "Bearer "},
    {"Authorization": "Basic YTpi"},
    {"Authorization": "Bearer \xff\xfe"},
    {"Authorization": "Bearer " + "x" * 12_000},
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "multipart/form-data; boundary=" + "b" * 3000},
    {"Content-Type": "multipart/form-data; boundary=\xff"},
    {"Content-Type": "text/plain; " * 50},
    {"Content-Encoding": "gzip"},
    {"Accept": "application/" + "x" * 3000},
    {"Accept": ";q=,,;;*/*;q=nan"},
    {"X-Long": "x" * 100_000},
    {f"X-{number}": "y" for number in range(1000)},
    {"Expect": "100-continue"},
    {"Upgrade": "websocket", "Connection": "Upgrade"},
    {"Range": "bytes=0-18446744073709551615"},
    {"Bad Header": "x"},
)
_MARKS = (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"%PDF-", b"RIFF0000WEBP", b"GIF89a", b"P6 ", b"BM")
_CODINGS = ("chunked", "chunked, gzip", "x", "chunked\r\nTransfer-Encoding: chunked")
_LENGTHS = ("-1", "abc", "1e3", "99999999999999999999", "18446744073709551615", "0x10", "", "5, 6", "+7", "40000000")


@dataclass(frozen=True, slots=True)
class Attack:
    """What is sent.

    Attributes:
        kind: in words.
        sent: the bytes, and how they go.
        refused: whether it may not succeed.
        read: whether it has to.
    """

    kind: str
    sent: Sent
    refused: bool = False
    read: bool = False


def attack(place: Place, seed: int, number: int, hostile: tuple[bytes, ...] = ()) -> Attack:
    """The attack of that number."""
    rng = random.Random(f"{seed}:{number}")
    kinds = [(make, weight) for make, weight in _KINDS.items() if hostile or make is not _hostile_file]
    make = rng.choices([make for make, _ in kinds], [weight for _, weight in kinds])[0]
    return (
        make(rng, place) if make is not _hostile_file else _sent_file(rng, place, rng.choice(hostile), "hostile file")
    )


def ordinary(place: Place, seed: int, number: int) -> Attack:
    """A good picture of some size: mostly of a line, at times of a page."""
    rng = random.Random(f"{seed}:{number}")
    page = number % 20 == 0
    size = (rng.randint(60, 600), rng.randint(60, 600)) if page else (rng.randint(20, 600), rng.randint(16, 60))
    data = saved(small_page(*size), rng.choice(("PNG", "JPEG", "TIFF", "WEBP")))
    path = "/v1/pages" if page else "/v1/lines"
    sent = Sent((request(place, "POST", f"{path}?model=malayalam-fast", data),))
    return Attack("page" if page else "line", sent, read=True)


def fault_of(sent: Attack, answer: Answer, longest: float) -> str:
    """What is wrong with an answer; nothing where all is well."""
    if answer.status <= 0:
        return ""
    if answer.status >= 500 and answer.status not in (503, 504, 505, 507):
        return f"status {answer.status}: {answer.body[:200]!r}"
    if sent.read and answer.status != 200:
        return f"status {answer.status} for a good file: {answer.body[:200]!r}"
    if sent.refused and answer.status < 400:
        return f"status {answer.status}, where it is to be refused"
    if b"Traceback" in answer.body or b'File "/' in answer.body or b"root:x:" in answer.body:
        return f"the answer tells of our insides: {answer.body[:200]!r}"
    if "x-injected" in answer.headers:
        return "a header was slipped in"
    told = answer.json()
    if answer.status >= 400 and answer.headers.get("content-type", "").startswith("application/json"):
        error = told.get("error") if isinstance(told, dict) else None
        if not isinstance(error, dict) or not error.get("reason"):
            return f"a refusal of another shape: {answer.body[:200]!r}"
    if answer.seconds > longest:
        return f"answered after {answer.seconds:.0f} s"
    return ""


def _target(rng: random.Random) -> str:
    path = rng.choice(("/v1/lines", "/v1/lines", "/v1/pages", "/v1/pages?async=true"))
    if rng.random() < 0.1:
        path += ("&" if "?" in path else "?") + rng.choice(QUERIES)
    return path


def _sent_file(rng: random.Random, place: Place, data: bytes, kind: str) -> Attack:
    if rng.random() < 0.5:
        return Attack(kind, Sent((request(place, "POST", _target(rng), data),)))
    name = rng.choice(NAMES) if rng.random() < 0.3 else "a.png"
    body, headers = form(data, name=name), {"Content-Type": "multipart/form-data; boundary=Zz9"}
    return Attack(kind, Sent((request(place, "POST", _target(rng), body, headers),)))


def _hostile_file(rng: random.Random, place: Place) -> Attack:
    raise NotImplementedError  # made in attack()


def _mutated_file(rng: random.Random, place: Place) -> Attack:
    return _sent_file(rng, place, mutated(rng, rng.choice(good_files())), "mutated file")


def _noise(rng: random.Random, place: Place) -> Attack:
    head = rng.choice(
        (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"%PDF-", b"RIFF0000WEBP", b"GIF89a", b"P6 ")
    )
    return _sent_file(rng, place, head + rng.randbytes(rng.randint(0, 3000)), "noise")


def _bomb(rng: random.Random, place: Place) -> Attack:
    name, make = rng.choice(BOMBS)
    return _sent_file(rng, place, make(), f"bomb: {name}")


def _hostile_name(rng: random.Random, place: Place) -> Attack:
    body = form(good_files()[0], name=rng.choice(NAMES), field_name=rng.choice(("file", "file", "", "../x")))
    headers = {"Content-Type": "multipart/form-data; boundary=Zz9"}
    return Attack("hostile name", Sent((request(place, "POST", "/v1/lines", body, headers),)))


def _broken_form(rng: random.Random, place: Place) -> Attack:
    whole = form(good_files()[0])
    body = rng.choice(
        (
            whole[: rng.randint(0, len(whole))],
            whole.replace(b"--Zz9", b"--Yy8"),
            whole.replace(b"\r\n", b"\n"),
            whole.replace(b'name="file"', b'name="file'),
            whole.replace(b"Content-Disposition", b"X"),
            whole[:-10] * 3,
            b"--Zz9\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 500 + b"--Zz9--\r\n",
            b"--Zz9\r\n" + b"X: y\r\n" * 5000 + b"\r\n\r\n--Zz9--\r\n",
            b"--Zz9\r\nContent-Disposition: form-data; name=to\r\n\r\n" + b"x" * 1_500_000 + b"\r\n--Zz9--\r\n",
            b"--Zz9--\r\n",
            b"\r\n" * 2000,
            mutated(rng, whole),
        )
    )
    headers = {"Content-Type": "multipart/form-data; boundary=Zz9"}
    return Attack("broken form", Sent((request(place, "POST", rng.choice(("/v1/lines", "/v1/pages")), body, headers),)))


def _left_early(rng: random.Random, place: Place) -> Attack:
    whole = request(place, "POST", _target(rng), rng.choice(good_files()))
    cut = rng.choice((whole, whole[: rng.randint(1, len(whole))]))
    return Attack("left early", Sent((cut,), leaves=True))


def _lying_length(rng: random.Random, place: Place) -> Attack:
    data = good_files()[0]
    told = rng.choice((*_LENGTHS, str(len(data) + rng.randint(1, 50)), str(rng.randint(0, len(data) - 1))))
    whole = request(place, "POST", "/v1/lines", data, {"Content-Length": told})
    longer = told.isdigit() and len(data) < int(told) < 1_000_000  # the service waits for the rest, which never comes
    return Attack("lying Content-Length", Sent((whole,), leaves=longer))


def _chunks(rng: random.Random, place: Place) -> Attack:
    headers = {
        "Transfer-Encoding": rng.choice(("chunked", "chunked, gzip", "x", "chunked\r\nTransfer-Encoding: chunked"))
    }
    sizes = (b"zz", b"-5", b"FFFFFFFFFFFFFFFFFF", b"3;" + b"x" * 5000, b"0x3", b"3")
    body = rng.choice(sizes) + b"\r\nabc\r\n0\r\n\r\n"
    return Attack("odd chunks", Sent((request(place, "POST", "/v1/lines", body, headers),), leaves=rng.random() < 0.5))


def _slow(rng: random.Random, place: Place) -> Attack:
    whole = request(place, "POST", "/v1/lines", good_files()[0])
    place_of_cut = rng.randint(20, len(whole) - 1)
    return Attack("slow body", Sent((whole[:place_of_cut], whole[place_of_cut:]), pause=rng.uniform(0.05, 1.0)))


def _never_ending(rng: random.Random, place: Place) -> Attack:
    whole = request(place, "POST", "/v1/lines", bytes(500))
    pieces = (whole[:-500], *(rng.randbytes(1) for _ in range(60)))
    return Attack("body that never ends", Sent(pieces, pause=0.5), refused=True)


def _odd_head(rng: random.Random, place: Place) -> Attack:
    head = rng.choice(_HEADS)
    method, path = rng.choice((("POST", "/v1/lines"), ("GET", "/v1/models"), ("POST", "/v1/render?to=text")))
    refused = not {"Authorization", "Host"}.isdisjoint(head)
    sent = Sent((request(place, method, path, good_files()[0] if method == "POST" else b"", head),))
    return Attack("odd head", sent, refused)


def _odd_path(rng: random.Random, place: Place) -> Attack:
    method = rng.choice(("GET", "GET", "POST", "DELETE", "PUT", "TRACE", "CONNECT", "get", "X" * 200))
    if rng.random() < 0.5:
        return Attack("odd path", Sent((request(place, method, rng.choice(PATHS)),)))
    path = f"{rng.choice(('/v1/lines', '/v1/pages', '/v1/render', '/v1/models'))}?{rng.choice(QUERIES)}"
    return Attack("odd query", Sent((request(place, method, path, good_files()[0] if method == "POST" else b""),)))


def _no_http(rng: random.Random, place: Place) -> Attack:
    data = rng.choice(
        (
            rng.randbytes(rng.randint(1, 3000)),
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET /v1/models HTTP/1.0\r\nHost: HOST\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + rng.randbytes(200),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000,
            b"A" * 300_000,
        )
    )
    return Attack("no HTTP", Sent((data.replace(b"HOST", place.host.encode()) + b"\r\n\r\n",)))


def _rendered(rng: random.Random, place: Place) -> Attack:
    to = rng.choice(("json", "text", "alto", "page", "hocr", "tsv", "markdown", "pdf", "x"))
    body = rng.choice((_deep(rng), mutated(rng, _page_document(rng)), _page_document(rng)))
    return Attack("odd pages to render", Sent((request(place, "POST", f"/v1/render?to={to}", body),)))


def _deep(rng: random.Random) -> bytes:
    depth = rng.choice((500, 5_000, 200_000))
    return rng.choice(
        (
            b"[" * depth + b"]" * depth,
            b'{"pages":' * depth + b"1" + b"}" * depth,
            b"[" * depth,
            b"9" * 10_000,
            b'{"pages": [' + b"{}," * 5000 + b"{}]}",
            b'"\\ud800"',
            b"\xef\xbb\xbf{}",
            b"NaN",
            b"",
        )
    )


_ODD = (
    None,
    True,
    -1,
    0,
    1e308,
    -1e308,
    float("nan"),
    float("inf"),
    10**30,
    "",
    "x" * 5000,
    "\0",
    "\ud800",
    [],
    {},
    [[]],
)


def _page_document(rng: random.Random) -> bytes:
    """A document of pages of which one value is odd."""
    square = [[1, 1], [9, 1], [9, 9], [1, 9]]
    line: dict[str, object] = {"id": "l1", "baseline": [[1, 8], [9, 8]], "outline": square, "text": "ab"}
    region: dict[str, object] = {"id": "r1", "kind": "text", "outline": square, "lines": [line]}
    page: dict[str, object] = {"image": "a.png", "width": 10, "height": 10, "number": 1, "regions": [region]}
    document: dict[str, object] = {"format": "ocrkit pages", "version": 1, "pages": [page]}
    victim = rng.choice((line, line, region, page, page, document))
    victim[rng.choice((*victim, "unknown"))] = rng.choice(_ODD)
    return json.dumps(document).encode("utf-8", "surrogatepass")


_KINDS: dict[Callable[[random.Random, Place], Attack], float] = {
    _mutated_file: 45,
    _hostile_file: 10,
    _noise: 6,
    _bomb: 1,
    _hostile_name: 4,
    _broken_form: 6,
    _left_early: 5,
    _lying_length: 3,
    _chunks: 3,
    _slow: 2,
    _never_ending: 0.1,
    _odd_head: 5,
    _odd_path: 4,
    _no_http: 2,
    _rendered: 4,
}
