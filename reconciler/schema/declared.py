"""The resources of a document, as written."""

from reconciler.kinds.inside import Declared, children_of, declared

__all__ = ["Declared", "children_of", "declared"]
