"""A graphics processor that is not there: torch computes on the processor, and complains as it would with one."""

from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

DEVICE = torch.device("cuda")
_CROSSING = frozenset({"to", "cpu", "copy_", "__set__", "_has_compatible_shallow_copy_type"})
_TO_PYTHON = frozenset({"numpy", "__array__", "tolist"})
_INDEXED_FROM_THE_PROCESSOR = frozenset({"__getitem__", "__setitem__"})


class PretendedDevice(TorchFunctionMode):
    """While it is entered, tensors that are made on, or moved to, `cuda` count as being there, and so do their views.

    As on a real device, a call that mixes both places raises RuntimeError, and so do numpy's view of what is there,
    a generator of the processor that draws there, and float64, which Apple's processors do not know.
    """

    def __init__(self) -> None:
        super().__init__()
        self._there: dict[int, Any] = {}
        self.calls = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs, name = dict(kwargs or {}), getattr(func, "__name__", str(func)).split(".")[0]
        if name == "__get__" and getattr(func, "__self__", None) is torch.Tensor.device:
            return DEVICE if self.holds(args[0]) else func(*args)
        if name == "_parse_to":
            return func(*args, **kwargs)
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        there = [tensor for tensor in tensors if self.holds(tensor)]
        wanted = next((leaf for leaf in tree_leaves((args, kwargs)) if _is_device(leaf)), None)
        if name in _TO_PYTHON and there:
            raise RuntimeError(f"{name} of a tensor that is not on the processor")
        if name == "cpu" or (name == "to" and wanted is not None):
            return self._moved(args[0], wanted is not None and torch.device(wanted) == DEVICE)
        is_there = bool(there) if wanted is None else torch.device(wanted) == DEVICE
        if is_there:
            if wanted is None:
                self._require_one_place(name, tensors)
            if any(isinstance(leaf, torch.Generator) for leaf in tree_leaves((args, kwargs))):
                raise RuntimeError(f"{name}: a generator of the processor draws on the device")
            args, kwargs = _on_processor((args, kwargs))
        result = func(*args, **kwargs)
        if is_there and name not in _CROSSING:
            self.calls += 1
            self._take(result)
        return result

    def holds(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor counts as being on the device."""
        with torch._C.DisableTorchFunction():
            return tensor.untyped_storage()._cdata in self._there

    def _moved(self, tensor: torch.Tensor, there: bool) -> torch.Tensor:
        if self.holds(tensor) == there:
            return tensor
        moved = tensor.clone()
        if there:
            self._take(moved)
        return moved

    def _take(self, result: Any) -> None:
        for tensor in tree_leaves(result):
            if isinstance(tensor, torch.Tensor):
                if tensor.dtype == torch.float64:
                    raise RuntimeError("the device does not know float64")
                with torch._C.DisableTorchFunction():
                    storage = tensor.untyped_storage()
                self._there[storage._cdata] = storage

    def _require_one_place(self, name: str, tensors: list[torch.Tensor]) -> None:
        if name in _CROSSING or name in _INDEXED_FROM_THE_PROCESSOR:
            return
        allowed = 0 if name == "_fused_adamw_" else 1
        for tensor in tensors:
            if not self.holds(tensor) and tensor.dim() >= allowed:
                raise RuntimeError(f"{name}: expected all tensors to be on the same device")


def _is_device(leaf: Any) -> bool:
    return isinstance(leaf, torch.device) or (isinstance(leaf, str) and leaf in ("cpu", "cuda"))


def _on_processor(tree: Any) -> Any:
    return torch.utils._pytree.tree_map(lambda leaf: torch.device("cpu") if _is_device(leaf) else leaf, tree)
