"""A linear layer with full-precision weights and a chosen precision for its product."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from thinkling.models.product import has_fast_bf16, prefers_onednn, product

if TYPE_CHECKING:
    from thinkling.models.tape import Tape


class Product(nn.Module):
    """A layer whose matrix products have a precision of their own; None is that of the weights."""

    compute: torch.dtype | None = None


class Linear(Product):
    """y = x W^T + b. Weights keep their own dtype; the product is computed in `compute` (None: the weight's).

    Trainer and sampler share one module: while gradients are recorded the cast is part of the graph,
    otherwise a cast copy is kept until the weight changes, so that decoding does not cast at every step.
    """

    def __init__(self, num_in: int, num_out: int, has_bias: bool = False) -> None:
        super().__init__()
        self.weight: Tensor = nn.Parameter(torch.empty(num_out, num_in))
        self.bias = nn.Parameter(torch.empty(num_out)) if has_bias else None
        self._cast = CastCopy()
        self.tape: Tape | None = None
        """Where results of this layer's products are kept for the trainer."""

    def matrix(self) -> Tensor:
        """The weight in the precision of the product: in bf16, or rounded to it."""
        return self._rounded() if self.rounds() else self._cast.of(self.weight, self.compute)

    def rounds(self) -> bool:
        """Whether operands are rounded to bf16, and results are fp32."""
        is_cast = self.compute == torch.bfloat16 and self.weight.dtype == torch.float32
        return is_cast and self.weight.device.type == "cpu"

    def _rounded(self) -> Tensor:
        """The weight rounded to bf16, no gradient recorded: as bf16, or as fp32 numbers."""
        return self._cast.rounded(self.weight, is_kept_in_fp32=not has_fast_bf16())

    def gives_bf16(self) -> bool:
        """Whether `as_rounded` may be asked for: its product comes in bf16, and nothing is added to it."""
        return self.rounds() and has_fast_bf16() and self.bias is None

    def as_rounded(self, x: Tensor) -> Tensor:
        """The same as `forward`, left in the bf16 in which it comes; x may be in bf16 too."""
        return ProductOnCpu.apply(x, self._rounded(), self.tape, True, True, self.weight)

    def forward(self, x: Tensor) -> Tensor:
        if torch.compiler.is_compiling():  # the plain product, which the compiler knows
            return F.linear(x.to(self.weight.dtype), self.weight, self.bias)
        if self.rounds():
            return self._with_bias(
                ProductOnCpu.apply(x, self._rounded(), self.tape, True, False, self.weight)
            )
        weight = self._cast.of(self.weight, self.compute)
        is_ours = prefers_onednn() or self.tape is not None
        if weight.dtype == torch.float32 and weight.device.type == "cpu" and is_ours:
            return self._with_bias(ProductOnCpu.apply(x.float(), weight, self.tape, False, False, weight))
        bias = None if self.bias is None else self.bias.to(weight.dtype)
        return F.linear(x.to(weight.dtype), weight, bias)

    def _with_bias(self, y: Tensor) -> Tensor:
        return y if self.bias is None else y + self.bias


class Head(Linear):
    """The layer that reads logits from states. With weights in fp32 a CPU never rounds them:
    log-probabilities come from there (what rounding does to RL: MiniMax-M1, arXiv 2506.13585, 3.2)."""

    def _rounded(self) -> Tensor:
        return self._cast.rounded(self.weight, is_kept_in_fp32=True)


class ProductOnCpu(torch.autograd.Function):
    """x W^T and its gradients for tensors in fp32, by `thinkling.models.product`.

    `held` is the weight as it is multiplied: itself, or rounded to bf16; then what meets it is rounded too.
    In bf16 it goes to units for that, which round the result. As fp32 numbers it goes to fp32 units, where
    these are faster: a product of two bf16 numbers is exact in fp32, so only the rounding of the result is
    left out (decisions 5 and 10). `weights` get the gradient; they lie in `held` one after the other.
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        held: Tensor,
        tape: Tape | None,
        is_rounded: bool,
        is_left_rounded: bool,
        *weights: Tensor,
    ) -> Tensor:
        ctx.is_rounded, ctx.dtype, ctx.sizes = is_rounded, x.dtype, [len(one) for one in weights]
        x = _rounded_like(held, x) if is_rounded else x
        # Weights are not needed; with them, autograd notices where one was changed in between.
        ctx.save_for_backward(x, held, *weights)
        rows = x.flatten(0, -2)
        y = product(rows, held.t()) if tape is None else tape.product(rows, held, weights)
        y = y.view(*x.shape[:-1], len(held))
        return y if is_left_rounded else y.float()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, held, *_ = ctx.saved_tensors
        rows = grad.flatten(0, -2)
        if ctx.is_rounded:
            rows = _rounded_like(held, rows)
        grad_weight = product(rows.t(), x.flatten(0, -2)).float()
        grad_x = product(rows, held).view_as(x).to(ctx.dtype)
        return (grad_x, None, None, None, None, *grad_weight.split(ctx.sizes))


def _rounded_like(weight: Tensor, x: Tensor) -> Tensor:
    """x rounded to bf16, in the dtype of `weight`."""
    return x.bfloat16().to(weight.dtype)


class SideBySide(nn.Module):
    """Layers of one input on a CPU as one product: x is read and rounded once, its gradients are one sum.

    The weights stay the layers' own, and are views of one tensor from the first use on. It holds no layer:
    these are handed in, as they are now.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tape: Tape | None = None
        self._forget()

    def __deepcopy__(self, _: object) -> SideBySide:
        return SideBySide()

    def fits(self, *layers: nn.Module) -> bool:
        """Whether the layers are plain ones: in fp32, on a CPU, without biases, of one kind of products."""
        first = layers[0]
        found = all(
            type(one) is Linear
            and one.bias is None
            and one.weight.dtype == torch.float32
            and one.weight.device.type == "cpu"
            and one.compute == first.compute
            for one in layers
        )
        found = found and first.compute in (None, torch.float32, torch.bfloat16)
        if not found:
            self._forget()
        return found

    def settle(self, *layers: nn.Module) -> None:
        """The weights move now, if they are going to."""
        if self.fits(*layers):
            self._joined(cast("tuple[Linear, ...]", layers))

    def forward(self, x: Tensor, *layers: nn.Module) -> tuple[Tensor, ...]:
        """What each layer makes of x."""
        sizes = [len(one.weight) for one in cast("tuple[Linear, ...]", layers)]
        return cast("tuple[Tensor, ...]", self.together(x, *layers).split(sizes, -1))

    def together(self, x: Tensor, *layers: nn.Module) -> Tensor:
        """The same in one row, one after the other."""
        own = cast("tuple[Linear, ...]", layers)
        weights, held = [one.weight for one in own], self._joined(own)
        is_rounded = own[0].rounds()
        if is_rounded:
            versions = tuple(one._version for one in weights)
            held = self._cast.rounded(held, is_kept_in_fp32=not has_fast_bf16(), versions=versions)
        return ProductOnCpu.apply(x.float(), held, self.tape, is_rounded, False, *weights)

    def _forget(self) -> None:
        self._whole: Tensor | None = None
        self._cast = CastCopy()

    def _joined(self, layers: Sequence[Linear]) -> Tensor:
        """All weights in one; made anew where one of them has moved."""
        first, num_rows = layers[0].weight, sum(len(one.weight) for one in layers)
        is_one = _follow_one_another([one.weight for one in layers])
        if is_one and self._whole is not None and self._whole.data_ptr() == first.data_ptr():
            return self._whole
        self._forget()
        with torch.inference_mode(False), torch.no_grad():  # made while sampling, and trained afterwards
            if is_one:
                self._whole = first.detach().as_strided((num_rows, first.shape[1]), first.stride())
                return self._whole
            self._whole = torch.cat([one.weight.detach() for one in layers])
            parts = self._whole.split([len(one.weight) for one in layers])
            for one, part in zip(layers, parts, strict=True):
                one.weight.data = part
        return self._whole


def _follow_one_another(weights: Sequence[Tensor]) -> bool:
    """Whether they lie one behind the other in one piece of memory."""
    at, storage = weights[0].data_ptr(), weights[0].untyped_storage().data_ptr()
    for one in weights:
        if one.data_ptr() != at or one.untyped_storage().data_ptr() != storage or not one.is_contiguous():
            return False
        at += one.nbytes
    return True


class Attention(nn.Module, ABC):
    """A layer of attention, the first products of which may stand side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.beside = SideBySide()

    @abstractmethod
    def beside_layers(self) -> tuple[nn.Module, ...]:
        """Those of one input."""


def settle(model: nn.Module) -> None:
    """From now on using the model leaves its weights where they are."""
    for module in model.modules():
        if isinstance(module, Attention):
            module.beside.settle(*module.beside_layers())


class CastCopy:
    """Keeps one cast copy of a weight for as long as the weight is unchanged."""

    def __init__(self) -> None:
        self._copy: Tensor | None = None
        self._made_of: tuple[object, ...] = ()

    def of(self, weight: Tensor, dtype: torch.dtype | None) -> Tensor:
        """`weight` in `dtype`: differentiable where gradients are recorded, cached where not."""
        if dtype is None or weight.dtype == dtype:
            return weight
        if torch.is_grad_enabled() and weight.requires_grad:
            return weight.to(dtype)
        return self._kept(weight, dtype)

    def rounded(
        self, weight: Tensor, *, is_kept_in_fp32: bool, versions: tuple[int, ...] | None = None
    ) -> Tensor:
        """`weight` rounded to bf16, no gradient recorded. `versions`: of what it is put together from."""
        return self._kept(weight, torch.float32 if is_kept_in_fp32 else torch.bfloat16, versions)

    def _kept(self, weight: Tensor, dtype: torch.dtype, versions: tuple[int, ...] | None = None) -> Tensor:
        # The version counter rises with every in-place change (an optimizer step, a load). The address tells
        # a weight put in another's place, and a deep copy, which counts for itself.
        made_of = (weight.data_ptr(), versions or weight._version, weight.device, dtype)
        if self._copy is None or self._made_of != made_of:
            # Made while sampling, read while training: a tensor born in inference mode could not be.
            with torch.inference_mode(False), torch.no_grad():
                weight = weight.detach()
                copy = weight.bfloat16().float() if dtype == torch.float32 else weight.to(dtype)
            self._copy, self._made_of = copy, made_of
        return self._copy


def set_compute_dtype(model: nn.Module, dtype: torch.dtype | None) -> None:
    """Choose the precision of every matrix product in `model` (the router and the norms stay in fp32)."""
    for module in model.modules():
        if isinstance(module, Product):
            module.compute = dtype
