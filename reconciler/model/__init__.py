"""The values that flow from one stage to the next. All are frozen; no stage changes what an earlier one made."""

from reconciler.model.changes import Cause, Change, Difference, FieldChange, Part
from reconciler.model.names import ACTIVE, FILE, Address, LocalFile, Path, Place, Properties, Ref, Source
from reconciler.model.plans import Action, Outcome, Plan, Status, Target, Verb
from reconciler.model.states import Desired, Document, How, Observed, Pair, Pairs, Resource, Stamp

__all__ = [
    "ACTIVE",
    "FILE",
    "Action",
    "Address",
    "Cause",
    "Change",
    "Desired",
    "Difference",
    "Document",
    "FieldChange",
    "How",
    "LocalFile",
    "Observed",
    "Outcome",
    "Pair",
    "Pairs",
    "Part",
    "Path",
    "Place",
    "Plan",
    "Properties",
    "Ref",
    "Resource",
    "Source",
    "Stamp",
    "Status",
    "Target",
    "Verb",
]
