"""The maths of training: tensors in, tensors out. It does not know which network it scores.

Every loss is `(terms_T * weight_T).sum()`: the weights are computed once for a whole batch, so how the batch
is cut into passes cannot change the gradient.
"""
