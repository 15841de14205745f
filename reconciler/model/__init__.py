"""The values that flow from one stage to the next. All are frozen; no stage changes what an earlier one made."""

from reconciler.model.changes import Cause, Change, Difference, FieldChange, Part
from reconciler.model.impact import Impact
from reconciler.model.names import ACTIVE, FILE, PROTECT, Address, LocalFile, Path, Place, Properties, Ref, Source
from reconciler.model.plans import Action, Basis, Outcome, Plan, Status, Target, Verb
from reconciler.model.states import Desired, Document, How, Observed, Pair, Pairs, Resource, Stamp

__all__ = [
    "ACTIVE",
    "FILE",
    "PROTECT",
    "Action",
    "Address",
    "Basis",
    "Cause",
    "Change",
    "Desired",
    "Difference",
    "Document",
    "FieldChange",
    "How",
    "Impact",
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
