/// A small language model, as a file has it.
#pragma once

namespace ocrkit::oracle {

/// Units 0..4 are <s> </s> <unk> a b.
inline constexpr const char* kBigrams = R"(\data\
ngram 1=5
ngram 2=3

\1-grams:
-99	<s>	-0.5
-0.5	</s>
-2	<unk>	-0.125
-0.25	a	-0.75
-0.375	b	0.25

\2-grams:
-0.1	<s> a
-0.3	a b
-0.6	b </s>

\end\
)";

}  // namespace ocrkit::oracle
