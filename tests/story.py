"""What runs a scenario of tests/cases; test_cases.py says what its keys mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.harness import COLLECTIONS, Account, Project, called, fits, in_service
from tests.pictures import GIF, JPEG, WEBP, png

HEAD = "stripe_portal: 1\nproject: acme\n"
EXITS = {"says": 0, "refused": 3, "invalid": 1, "misused": 64}
METHODS = ("post", "delete", "get")
JUDGED = {"plan", "apply", "calls", "then"}
PICTURES = {
    "icon": png(pixels=(128, 128)),
    "wide": png(pixels=(200, 128)),
    "png": png(),
    "another png": png(colour=(0, 0, 0)),
    "jpeg": JPEG,
    "webp": WEBP,
    "gif": GIF,
}
YAML = {"yaml", "files", "pictures", "edit"}
MOVES = {"clock", "brand", "stripe", "env", "var", "allow", "only", "faults", *YAML}


class Story:
    """What a case has brought about so far: its accounts, and the ids that have names."""

    def __init__(self, project: Project):
        self.project, self.names = project, dict[str, str]()
        self.accounts = {"main": project.account}

    def step(self, step: dict[str, Any]) -> None:
        known(step, {"account", "given", "when", *JUDGED})
        assert "when" not in step or JUDGED & step.keys(), "a step that asserts nothing"
        assert "when" in step or "plan" not in step, "a plan that nobody asked for"
        account = self.project.account = self.account(step.get("account", "main"))
        if given := step.get("given"):
            options = self.bring_about(given)
            if YAML & given.keys():
                self.applied({} if "when" in step else step, options, account.everything())
        if "when" in step:
            options = self.bring_about(step["when"])
            before = account.everything()
            for fault in step["when"].get("faults", ()):
                account.control("faults", **fault)
            if self.planned(step.get("plan", []), options, before):
                self.applied(step, options, before)

    def bring_about(self, moves: dict[str, Any]) -> list[str]:
        """Do everything but the faults, and give the options for the command line."""
        account, project = self.project.account, self.project
        if "clock" in known(moves, MOVES):
            account.control("clock", **moves["clock"])
        if "brand" in moves:
            own = account.get("/v1/account")["id"]
            account.control("accounts", id=own, settings={"branding": moves["brand"]})
        for write in moves.get("stripe", ()):
            call = self.said(known(write, {*METHODS, "data", "as"}))
            method = next(m for m in METHODS if m in call)
            answer = account.call(method.upper(), call[method], call.get("data"))
            self.names[call.get("as", "")] = answer.get("id") or answer["data"][0]["id"]
        moves = self.said({k: v for k, v in moves.items() if k != "stripe"})
        if text := moves.get("yaml"):
            project.write(text if "stripe_portal:" in text else HEAD + text)
        for name, text in moves.get("files", {}).items():
            project.write(text, name)
        for name, picture in moves.get("pictures", {}).items():
            project.write("", name)
            (project.folder / name).write_bytes(PICTURES[picture])
        for old, new in moves.get("edit", {}).items():
            project.edit(old, new)
        options = [word for rule in moves.get("allow", ()) for word in ("--allow", rule)]
        options += [word for name, value in moves.get("var", {}).items() for word in ("--var", f"{name}={value}")]
        return [*options, *(["--env", moves["env"]] if "env" in moves else []), *moves.get("only", ())]

    def planned(self, expected: Any, options: list[str], before: Mapping[str, Any]) -> bool:
        """Compare what `plan` says. False when it is refused, and `apply` with it."""
        account, expected = self.project.account, self.output(expected, {*EXITS, "hides", "asked"})
        word = next((w for w in EXITS if w in expected), "says")
        for command in (self.project.plan, self.project.apply)[: 2 if EXITS[word] else 1]:
            account.forget()
            result = command(*options, code=EXITS[word])
            asked = [f"{r['method']} {r['path']}" for r in account.requests()]
            result.shows(expected.get(word, ()), expected.get("hides", ()))
            assert not [line for line in asked if not line.startswith("GET ")], "a dry run wrote"
            assert sorted(expected.get("asked", asked)) == sorted(asked), "\n".join(asked)
        if EXITS[word]:
            account.calm()
            assert account.everything() == before
        return not EXITS[word]

    def applied(self, step: Mapping[str, Any], options: list[str], before: Mapping[str, Any]) -> None:
        account, expected = self.project.account, self.output(step.get("apply", []), {"exit", "says", "hides"})
        account.forget()
        result = self.project.apply(*options, code=expected.get("exit", 0))
        writes = [r for r in account.requests() if r["method"] != "GET"]
        account.calm()
        after = account.everything()
        result.shows(expected.get("says", ()), expected.get("hides", ()))
        if "calls" in step:
            called(self.said(step["calls"]), writes)
        project = re.search(r"project (\S+)", result.out)
        assert project, result.text
        for one in before.values():
            told = isinstance(step.get("then", {}).get(f"<{self.named(one)}>"), dict)
            taken = told or "metadata" not in one or re.search(rf"(adopted|revived) \({one['id']}\)", result.err)
            assert owner(one) == project[1] or taken or after.get(one["id"]) == one, f"not ours, and changed: {one}"
        if result.code == 0:
            sold = [o for o in after.values() if in_service(o) and in_service(after.get(o.get("product"), o))]
            live = sorted(o["metadata"]["stripe_portal"] for o in sold if owner(o) == project[1])
            assert len(live) == len(set(live)), f"two live objects with one address: {live}"
            self.project.converged(*options)
        for who, how in step.get("then", {}).items():
            self.check(self.said(who), self.said(how), before, after)

    def check(self, who: str, how: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        is_address = who.partition(".")[0] in COLLECTIONS
        if how == "gone":
            assert not (self.project.account.bearing(who) if is_address else who in after)
            return
        one = self.project.account.find(who, active=how != "archived") if is_address else after[who]
        if how == "archived":
            assert not in_service(one), f"{who} is in service"
        elif how == "untouched":
            assert one == before[one["id"]], f"{who} has changed"
        else:
            self.names[how.pop("as", "")] = one["id"]
            assert fits(how, one), f"{who} is not {how} but\n{one}"

    def named(self, one: Mapping[str, Any]) -> str:
        """What a case calls an object, or nothing."""
        return next((name for name, ident in self.names.items() if ident == one["id"]), "")

    def output(self, expected: Any, keys: set[str]) -> dict[str, Any]:
        return known(self.said(expected if isinstance(expected, dict) else {"says": expected}), keys)

    def account(self, name: str) -> Account:
        """The account of that name, made when it is first spoken of."""
        first = self.accounts["main"]
        key = f"sk_{'live' if name.startswith('live') else 'test'}_{name}{first.key.removeprefix('sk_test_')}"
        return self.accounts.get(name) or self.accounts.setdefault(name, Account.register(first.url, key))

    def said(self, value: Any) -> Any:
        """The value with an id in the place of every `<name>`."""
        if isinstance(value, dict):
            return {self.said(k): self.said(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.said(v) for v in value]
        return re.sub(r"<([a-z][\w.-]*)>", self.id, value) if isinstance(value, str) else value

    def id(self, match: re.Match[str]) -> str:
        name, _, rest = match[1].partition(".")
        if name == "account":
            return str((self.account(rest) if rest else self.project.account).get("/v1/account")["id"])
        return self.names.get(match[1]) or str(self.project.account.find(match[1])["id"])


def known(found: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    assert not found.keys() - keys, f"unknown keys: {found.keys() - keys}"
    return found


def owner(one: Mapping[str, Any]) -> str:
    """The project that an object is stamped with."""
    return str((one.get("metadata") or {}).get("stripe_portal", "")).partition("/")[0]
