"""Our own loops in C++, for what stock operators do slowly on a CPU: attention of many short documents.

They are compiled once, by the machine's own compiler, and kept in the user's cache (`library`). Where there
is no compiler, everything runs with stock operators, to the same results but for their last bits: the slow
twins that the tests compare with. `thinkling doctor` says which of the two a machine has (decision 11).

    vectors.h       sixteen numbers at a time, and their exponential
    product.h       small products of matrices
    rows.h          the norm and the softmax of a row
    attend.cpp      causal attention of documents that may share a beginning, forward and backward
    decode.cpp      one token a row against its cached past
    digits.cpp      numbers as two digits, and products of both put together
    heads.cpp       queries, keys and values out of one product: normalised and turned
    pointwise.cpp   norms and gates
    scatter.cpp     rows to their places in a large matrix
    vocabulary.cpp  drawing tokens, and how likely one was
    attention, digits, heads, pointwise, scatter, vocabulary    these, for tensors and with gradients
"""
