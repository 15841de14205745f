"""`plan --base REF`: the change between a revision of git and the working tree, without a key."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Project, Result
from tests.pictures import png

ROOT = """
stripe_portal: 1
project: acme
include: [catalogue/*.yaml]
"""
PRO = """
products:
  pro:
    name: Pro
    default_price: monthly
    prices:
      monthly: {currency: usd, amount: 19.00, recurring: {interval: month}, lookup_key: pro_monthly}
"""
PORTAL = """
portal_configurations:
  main:
    is_default: true
    login_page: {enabled: true}
    features:
      subscription_update:
        enabled: true
        default_allowed_updates: [price]
        products: [{product: pro}]
"""


@dataclass
class Repository:
    """A merchant's repository, and the command line in it without any key that could be used."""

    project: Project

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        identity = {
            f"GIT_{who}_{what}": "a@acme.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        command = ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments]
        at = folder or self.project.folder
        done = subprocess.run(command, cwd=at, env=kept | identity | quiet, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, **files: Any) -> str:
        """Commit everything, with these files besides."""
        for name, content in files.items():
            self.write(name, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")
        return self.git("rev-parse", "HEAD")

    def write(self, name: str, content: str | bytes) -> None:
        path = self.project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def edit(self, old: str, new: str, name: str = "catalogue/pro.yaml") -> None:
        self.project.edit(old, new, name)

    def plan(self, *arguments: str, base: str = "HEAD", code: int | None = 0) -> Result:
        return self.project.run(
            "plan", "--base", base, *arguments, key="sk_live_never_to_be_read_0123456789", code=code
        )


@pytest.fixture
def repository(project: Project) -> Repository:
    repository = Repository(project)
    repository.git("init", "--quiet")
    repository.commit(**{"stripe-portal.yaml": ROOT, "catalogue/pro.yaml": PRO, "catalogue/portal.yaml": PORTAL})
    return repository


def test_without_a_change_there_is_nothing_to_do(repository: Repository) -> None:
    commit = repository.git("rev-parse", "HEAD")[:7]
    repository.plan().shows(
        [f"compared with HEAD ({commit}) · no account read", "No changes. 3 resources as declared."]
    )
    repository.plan(base=commit).shows([f"compared with {commit} · no account read"])
    repository.plan("--detailed-exitcode", code=0)


def test_another_amount_is_the_replacement_that_an_account_would_see(repository: Repository) -> None:
    repository.project.apply()
    repository.edit("19.00", "24.00")
    real, between = repository.project.plan("--no-impact"), repository.plan()
    between.shows(["± price.pro.monthly must be replaced (HEAD:price.pro.monthly by a new one)", "$19.00", "$24.00"])
    between.shows(["~ product.pro", "~ portal_configuration.main", "Plan: 2 to update, 1 to replace."])
    summary = next(line for line in real.out.splitlines() if line.startswith("Plan: "))
    assert summary in between.out
    assert [line.split("(")[0] for line in _titles(real)] == [line.split("(")[0] for line in _titles(between)]


def test_the_same_plan_twice_reads_the_same(repository: Repository) -> None:
    repository.edit("19.00", "24.00")
    assert repository.plan().text == repository.plan().text


def test_new_renamed_and_deleted(repository: Repository) -> None:
    repository.commit(**{"catalogue/old.yaml": "products: {old: {name: Old}, kept: {name: Kept}}"})
    repository.write("catalogue/old.yaml", "products: {basic: {name: Basic}, same: {name: Kept}}")
    repository.edit("include:", "moved: [{from: product.kept, to: product.same}]\ninclude:", "stripe-portal.yaml")
    repository.plan().shows(
        ["+ product.basic will be created", "= product.same was product.kept", "- product.old will be retired"]
    )


def test_included_files_that_come_and_go(repository: Repository) -> None:
    repository.commit(**{"catalogue/extra.yaml": "products: {extra: {name: Extra}}"})
    (repository.project.folder / "catalogue" / "extra.yaml").unlink()
    repository.write("catalogue/new.yaml", "products: {new: {name: New}}")
    repository.plan().shows(["+ product.new will be created", "- product.extra will be retired"])


def test_the_working_tree_is_planned_as_it_is(repository: Repository) -> None:
    repository.edit("name: Pro", "name: Staged")
    repository.git("add", "--all")
    repository.edit("name: Staged", "name: Written")
    repository.plan().shows(['"Pro" → "Written"'], hides=["Staged"])


def test_a_folder_of_the_repository_and_an_earlier_commit(repository: Repository) -> None:
    repository.commit(**{"billing/stripe-portal.yaml": "stripe_portal: 1\nproject: b\nproducts: {b: {name: One}}"})
    repository.commit(**{"billing/stripe-portal.yaml": "stripe_portal: 1\nproject: b\nproducts: {b: {name: Two}}"})
    repository.plan("billing").shows(["No changes. 1 resource as declared."])
    repository.plan("billing/stripe-portal.yaml", base="HEAD~1").shows(['"One" → "Two"'])
    there = repository.plan("billing", base="HEAD~2")
    there.shows(["+ product.b", "HEAD~2 (…) has no billing/stripe-portal.yaml: compared with an account without"])


def test_addresses_are_chosen_as_ever(repository: Repository) -> None:
    repository.commit(**{"catalogue/other.yaml": "products: {other: {name: Other}}"})
    repository.edit("Other", "Another", "catalogue/other.yaml")
    repository.edit("name: Pro", "name: Professional")
    repository.plan("product.other").shows(["partial", "product.other"], hides=["Professional"])


ENVIRONMENTS = """
vars: {tier: Pro}
environments: {test: {}, live: {livemode: true, account: acct_1Pinned}}
"""


def test_an_environment_with_its_overlay(repository: Repository) -> None:
    overlay = "products: {pro: {description: In the overlay}}"
    repository.commit(**{"stripe-portal.yaml": ROOT + ENVIRONMENTS, "environments/live.yaml": overlay})
    repository.edit("In the overlay", "Changed there", "environments/live.yaml")
    repository.plan("--env", "test").shows(["environment test", "No changes."])
    changed = repository.plan("--env", "live", "--allow", "required")
    changed.shows(["environment live", '"In the overlay" → "Changed there"'], hides=["stands in", "acct_1Pinned"])


def test_what_a_live_environment_asks_at_apply_is_asked_here(repository: Repository) -> None:
    repository.commit(**{"stripe-portal.yaml": ROOT + ENVIRONMENTS})
    repository.edit("login_page: {enabled: true}", "login_page: {enabled: false}", "catalogue/portal.yaml")
    repository.plan("--env", "test").shows(["stops working"])
    refused = repository.plan("--env", "live", "--allow", "required", code=3)
    refused.shows(["the link https://…, which customers may hold, stops working", "--allow login-link="], ["127.0.0.1"])
    repository.plan("--env", "live", "--allow", "required", "--allow", "login-link")


def test_environments_and_variables_that_come_with_the_change(repository: Repository) -> None:
    repository.write("stripe-portal.yaml", ROOT + ENVIRONMENTS)
    repository.edit("name: Pro", 'name: "${tier}"')
    repository.plan("--env", "test", "--var", "tier=Business").shows(['"Pro" → "Business"'])
    repository.commit()
    repository.edit("test: {}", "test: {}, staging: {}", "stripe-portal.yaml")
    fresh = repository.plan("--env", "staging")
    fresh.shows(["+ product.pro will be created", "HEAD (…) has no environment staging"])
    repository.write("stripe-portal.yaml", ROOT + "vars: {tier: Pro}")
    repository.plan(code=1).shows(["the YAML at HEAD", "several environments"])


def test_local_images(repository: Repository) -> None:
    repository.commit(
        **{
            "images/pro.png": png(pixels=(64, 64)),
            "catalogue/i.yaml": "products: {i: {name: I, images: [../images/pro.png]}}",
        }
    )
    repository.plan().shows(["No changes."])
    repository.write("images/pro.png", png(pixels=(65, 65)))
    repository.plan().shows(["~ product.i", "images", "Plan: 1 to update."], hides=["127.0.0.1", "stripe-portal-"])


def test_images_in_git_lfs_that_were_fetched(repository: Repository) -> None:
    picture = png(pixels=(64, 64))
    oid = hashlib.sha256(picture).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(picture)}\n"
    written = "products: {i: {name: I, images: [./i.png]}}"
    repository.commit(**{"catalogue/i.png": pointer, "catalogue/i.yaml": written})
    repository.write("catalogue/i.png", picture)
    repository.plan(code=1).shows(["the YAML at HEAD", "pointer of Git LFS"])
    repository.write(f".git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}", picture)
    repository.plan().shows(["No changes."])


def test_branding_shows_what_changed_alone(repository: Repository) -> None:
    repository.commit(
        **{
            "catalogue/b.yaml": 'branding: {icon: ./icon.png, primary_color: "#112233"}',
            "catalogue/icon.png": png(pixels=(128, 128)),
        }
    )
    repository.plan().shows(["No changes."])
    repository.edit("#112233", "#445566", "catalogue/b.yaml")
    repository.plan().shows(["branding", "#112233", "#445566"], hides=["icon"])


ADOPTING = """
products:
  pro:
    id: prod_Mine
    name: Pro
    default_price: monthly
    prices:
      monthly: {currency: eur, amount: 19.00, recurring: {interval: month}, adopt: price_1Mine}
"""


def test_what_was_adopted_is_ours(repository: Repository) -> None:
    repository.commit(**{"catalogue/pro.yaml": ADOPTING})
    repository.plan().shows(["No changes."])
    repository.edit("amount: 19.00", "nickname: Monthly, amount: 19.00")
    repository.plan().shows(["~ price.pro.monthly will be updated (price_1Mine)", "Monthly"])
    repository.edit("amount: 19.00", "amount: 21.00")
    repository.plan().shows(["± price.pro.monthly must be replaced (price_1Mine by a new one)"])


def test_what_the_change_adopts_is_taken_for_what_the_yaml_says(repository: Repository) -> None:
    repository.write("catalogue/more.yaml", ADOPTING.replace("pro:", "more:"))
    result = repository.plan()
    result.shows(
        ["» price.more.monthly will be adopted (price_1Mine)", "price_1Mine is taken for what the YAML says of it"]
    )
    result.shows(["» product.more will be adopted (prod_Mine)"], hides=["--allow"])


FOREIGN = """
products:
  own:
    name: Own
    prices: {monthly: {currency: eur, amount: 9.00, recurring: {interval: month}}}
portal_configurations:
  main:
    is_default: true
    features:
      payment_method_update: {enabled: true, payment_method_configuration: {id: pmc_1Theirs}}
      subscription_cancel:
        enabled: true
        cancellation_reason: {enabled: true, options: [other], feedback_options: [{id: fbo_1Theirs}]}
      subscription_update:
        enabled: true
        default_allowed_updates: [price]
        products:
          - {product: {id: prod_Theirs}, prices: [{id: price_1Theirs}, {id: price_2Theirs}]}
          - {product: own, prices: [monthly, {id: price_3Theirs}]}
coupons: {spring: {percent_off: 10, duration: once, applies_to: {products: [{id: prod_Other}]}}}
promotion_codes: {hello: {code: HELLO, promotion: {coupon: {id: THEIRS}}, customer: cus_Theirs}}
payment_links:
  once: {line_items: [{price: {id: price_4Theirs}}], payment_intent_data: {description: One}}
  monthly: {line_items: [{price: {id: price_1Theirs}}, {price: own.monthly}]}
payment_method_configurations: {web: {name: Web, card: {display_preference: {preference: "on"}}}}
"""


def test_what_is_named_by_id_is_there(repository: Repository) -> None:
    repository.commit(**{"catalogue/portal.yaml": FOREIGN})
    repository.plan().shows(["No changes."])
    repository.edit(", {id: price_2Theirs}", "", "catalogue/portal.yaml")
    repository.edit("HELLO", "HELLO2", "catalogue/portal.yaml")
    repository.edit('preference: "on"', 'preference: "off"', "catalogue/portal.yaml")
    result = repository.plan("--allow", "permanent")
    result.shows(["± promotion_code.hello", '"on" → "off"', "price_2Theirs", "Plan: 2 to update, 1 to replace."])
    assert result.text == repository.plan("--allow", "permanent").text


def test_a_default_that_nothing_made_is_taken_for_a_blank_one(repository: Repository) -> None:
    repository.commit(**{"catalogue/portal.yaml": "released: []"})
    repository.write("catalogue/portal.yaml", PORTAL)
    result = repository.plan()
    result.shows(["» portal_configuration.main will be adopted (…, the account's default)"])
    result.shows(["Warning: portal_configuration.main: nothing is known of the one in the account"])
    assert result.text == repository.plan().text


def test_what_is_over_by_now_was_not_when_it_was_declared(repository: Repository) -> None:
    coupon = "coupons: {old: {name: Old, percent_off: 10, duration: once, redeem_by: '2025-01-01T00:00:00Z'}}"
    repository.commit(**{"catalogue/coupon.yaml": coupon})
    repository.plan().shows(["No changes."])


@pytest.fixture
def trap(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connection to another machine, and each but those of this process to itself."""
    tried: list[object] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: object) -> None:
        if not (isinstance(address, tuple) and address[0] == "127.0.0.1"):
            tried.append(address)
            raise OSError("nothing may leave")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:9")
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:9")
    return tried


def test_no_key_is_read_and_nothing_leaves(repository: Repository, trap: list[object]) -> None:
    repository.edit("19.00", "24.00")
    for key in ("sk_live_0123456789012345678901234", "not a key", None):
        result = repository.project.run("plan", "--base", "HEAD", key=key)
        result.shows(["price.pro.monthly must be replaced"], hides=["STRIPE_API_KEY", "key of"])
    assert not trap


def test_the_emulator_of_the_folder_is_not_touched(repository: Repository) -> None:
    repository.edit("19.00", "24.00")
    repository.plan()
    assert not (repository.project.folder / ".stripe-portal").exists()
    repository.project.run("apply", "--emulator", "--yes")
    state = repository.project.folder / ".stripe-portal" / "emulator.db"
    before = hashlib.sha256(state.read_bytes()).hexdigest()
    repository.plan()
    assert hashlib.sha256(state.read_bytes()).hexdigest() == before


@pytest.mark.parametrize("other", [["--emulator"], ["--base-url", "http://127.0.0.1:1"], ["--account", "acct_1Other"]])
def test_it_goes_with_no_other_account(repository: Repository, other: list[str]) -> None:
    repository.plan(*other, code=64).shows(["--base"])


@pytest.mark.parametrize("name", ["--upload-pack=touch x", "-h", "", "a\nb"])
def test_what_is_no_revision_is_not_given_to_git(repository: Repository, name: str) -> None:
    repository.plan(base=name, code=64).shows(["not a revision of git"])


def test_a_revision_that_is_not_here_says_what_to_fetch(repository: Repository, tmp_path: Path) -> None:
    repository.plan(base="nowhere", code=1).shows(["there is no revision nowhere in this clone"])
    repository.plan(base="HEAD:stripe-portal.yaml", code=1)
    repository.commit()
    repository.git("clone", "--quiet", "--depth=1", f"file://{tmp_path}", "shallow")
    shallow = repository.plan("shallow", base="origin/missing", code=1)
    shallow.shows(["git fetch origin missing:refs/remotes/origin/missing", "fetch-depth: 0"])
    repository.plan("shallow", base="HEAD~1", code=1).shows(["shallow", "fetch-depth: 0"])
    repository.plan("shallow", base="origin/main").shows(["No changes."])


def test_no_repository_and_no_git(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("stripe_portal: 1\nproject: acme\nproducts: {pro: {name: Pro}}")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.folder.parent))
    project.run("plan", "--base", "HEAD", code=1).shows(["this folder is in no git repository"])
    monkeypatch.setenv("PATH", str(project.folder))
    project.run("plan", "--base", "HEAD", code=1).shows(["no git on PATH"])


def test_yaml_that_was_not_right_is_told_with_its_revision(repository: Repository) -> None:
    repository.commit(**{"catalogue/pro.yaml": "products: {pro: {nome: Pro}}", "catalogue/portal.yaml": "released: []"})
    repository.write("catalogue/pro.yaml", "products: {pro: {name: Pro}}")
    result = repository.plan(code=1)
    result.shows(["the YAML at HEAD (…) is not right", "HEAD:catalogue/pro.yaml:1:", "nome"], hides=["stripe-portal-"])
    repository.commit(**{"stripe-portal.yaml": "a: [b"})
    repository.write("stripe-portal.yaml", ROOT)
    repository.plan(code=1).shows(["the YAML at HEAD (…) is not right", "HEAD:stripe-portal.yaml:1:"])


def test_attributes_and_hooks_have_no_say(repository: Repository) -> None:
    mark = repository.project.folder / "ran"
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        path = repository.project.folder / ".git" / "hooks" / hook
        path.write_text(f"#!/bin/sh\ntouch {mark}\n")
    attributes = "*.yaml export-ignore export-subst filter=evil diff=evil\n"
    repository.commit(**{".gitattributes": attributes, "catalogue/pro.yaml": PRO.replace("Pro", "$Format:%H$")})
    repository.git("config", "filter.evil.smudge", f"touch {mark}")
    repository.git("config", "core.fsmonitor", f"touch {mark}")
    for path in (repository.project.folder / ".git" / "hooks").iterdir():
        path.chmod(0o755)
    repository.plan().shows(["No changes."])
    repository.edit("$Format:%H$", "Pro")
    repository.plan().shows(['"$Format:%H$" → "Pro"'])
    assert not mark.exists()


def test_a_repository_inside_the_tree_is_not_obeyed(repository: Repository) -> None:
    """A fork may bring a folder that is a bare repository of its own, whose configuration git would obey."""
    mark = repository.project.folder / "ran"
    evil = repository.project.folder / "evil"
    repository.git("init", "--quiet", "--bare", "evil")
    repository.git("config", "core.fsmonitor", f"touch {mark}", folder=evil)
    (evil / "stripe-portal.yaml").write_text("stripe_portal: 1\nproject: evil\nproducts: {pro: {name: Pro}}")
    repository.plan("evil", code=1).shows(["git cannot use the repository"])
    assert not mark.exists()


def test_another_repository_in_the_environment_is_not_looked_at(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path_factory.mktemp("other")))
    monkeypatch.setenv("GIT_WORK_TREE", "/")
    repository.plan().shows(["No changes."])


def test_links_are_followed_inside_of_the_folder_alone(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text("products: {secret: {name: From outside}}")
    folder = repository.project.folder
    repository.write("shared/plans/basic.txt", "products: {basic: {name: Basic}}")
    (folder / "catalogue" / "basic.yaml").symlink_to("../shared/plans/basic.txt")
    (folder / "linked").symlink_to("shared")
    repository.write("linked/plans/gold.yaml", "products: {gold: {name: Gold}}")
    repository.edit("[catalogue/*.yaml]", "[catalogue/*.yaml, linked/**/*.yaml]", "stripe-portal.yaml")
    repository.commit()
    repository.edit("Basic", "Basics", "shared/plans/basic.txt")
    repository.plan().shows(['"Basic" → "Basics"', "Plan: 1 to update."])
    (folder / "catalogue" / "secret.yaml").symlink_to(outside)
    (folder / "catalogue" / "up.yaml").symlink_to("../../outside0/secret.yaml")
    repository.commit()
    for name in ("secret", "up"):
        (folder / "catalogue" / f"{name}.yaml").unlink()
    repository.plan(code=None).shows([], hides=["From outside", "product.secret"])


def test_nothing_of_a_secret_is_told(repository: Repository) -> None:
    hook = "webhook_endpoints: {main: {url: https://acme.example/hook, enabled_events: [invoice.paid]}}"
    repository.commit(**{"catalogue/hook.yaml": hook})
    repository.edit("acme.example/hook", "acme.example/hooks", "catalogue/hook.yaml")
    repository.plan().shows(["webhook_endpoint.main"], hides=["whsec_"])


def _titles(result: Result) -> list[str]:
    return [line for line in result.out.splitlines() if line.startswith("  ") and line[2] in "+~±-»↻="]
