"""One YAML file to plain data and the place of every value: bytes to text, text to events, events to a Tree."""

from __future__ import annotations

from itertools import islice

import yaml
from yaml.events import Event, MappingStartEvent, ScalarEvent, StreamEndEvent

from reconciler.config.builder import Builder, Stop, bare, map_of, value_of
from reconciler.config.layout import Role
from reconciler.config.marks import FILE, Tree
from reconciler.config.run import Run
from reconciler.config.syntax import decode, explain
from reconciler.model import Source

EVENTS = 1_000_000
"""The most keys, values, beginnings and ends of maps and lists in one file."""


def read(raw: bytes, file: str, run: Run) -> Tree | None:
    """The top-level map in the bytes of a file, or None. What is wrong is noted in `run`, whatever the bytes are."""
    run.files.append(file)
    text = decode(raw, file, run)
    if text is None:
        return None
    # PyYAML that was built without libyaml has no CSafeLoader: slow, but the same events.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    events = islice(iter(loader.get_event, None), EVENTS)
    try:
        return _document(Builder(events.__next__, text, file, len(run.files) - 1 << FILE, run))
    except StopIteration:
        run.refuse(Source(file, 1, 1), f"the file holds more than {EVENTS:,} parts", "split it, and include the pieces")
    except yaml.YAMLError as error:
        offset, opened = (getattr(getattr(error, name, None), "index", 0) for name in ("problem_mark", "context_mark"))
        found = explain(file, text, getattr(error, "problem", None) or str(error), offset, opened)
        run.refuse(found.source, found.message, found.hint)
    except Stop:
        pass
    finally:
        loader.dispose()
    return None


def _document(builder: Builder) -> Tree | None:
    builder.advance()
    event = builder.advance()
    if isinstance(event, StreamEndEvent) or _is_nothing(event := builder.advance()):
        root = len(builder.run.files) == 1
        hint = (
            "it begins with `stripe_portal: 1`; `stripe-portal init` writes one" if root else "declare something in it"
        )
        builder.run.refuse(Source(builder.file, 1, 1), "the file is empty", hint)
        return None
    tree = None
    if isinstance(event, MappingStartEvent):
        bare(builder, event)
        tree = Tree(*map_of(builder, 1, Role.FIELDS))
    else:
        value_of(builder, event, 0, Role.FIELDS)
        builder.refuse(event, "the file is not a map of keys", "begin with `stripe_portal: 1`; mind the space")
    builder.advance()
    if not isinstance(event := builder.advance(), StreamEndEvent):
        builder.refuse(event, "a second document in one file", "put it into a file of its own, and include that")
    return tree


def _is_nothing(event: Event) -> bool:
    return isinstance(event, ScalarEvent) and not event.value
