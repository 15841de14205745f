"""Starting, stopping, state on disk, control (design 8)."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from reconciler.emulator.server import Running, reset, serve, serve_forever, status


def sdk(running: Running) -> stripe.StripeClient:
    return stripe.StripeClient(running.key, base_addresses={"api": running.url})


def test_state_outlives_the_server(tmp_path: Path) -> None:
    database = tmp_path / "state" / "emulator.sqlite"
    with serve(database) as running:
        sdk(running).v1.products.create({"id": "pro", "name": "Pro"})
        features: Any = {"invoice_history": {"enabled": True}}
        made = sdk(running).v1.billing_portal.configurations.create(
            {"features": features, "login_page": {"enabled": True}}
        )
    with serve(database) as running:
        assert sdk(running).v1.products.retrieve("pro").name == "Pro"
        url = sdk(running).v1.billing_portal.configurations.retrieve(made.id).login_page.url
        assert url
        assert url.startswith(running.url)
        assert requests.get(url).status_code == 200


def test_two_servers_see_one_account(tmp_path: Path) -> None:
    database = tmp_path / "emulator.sqlite"
    with serve(database) as first, serve(database) as second:
        sdk(first).v1.products.create({"id": "pro", "name": "Pro"})
        assert sdk(second).v1.products.retrieve("pro").name == "Pro"
        requests.post(f"{first.url}/_emulator/clock", json={"set": 1_800_000_000})
        assert sdk(second).v1.products.create({"name": "x"}).created == 1_800_000_000

        def write(number: int) -> str:
            running = (first, second)[number % 2]
            return sdk(running).v1.products.create({"name": str(number)}).id

        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(write, range(40)))
        listed = sdk(first).v1.products.list({"limit": 100}).data
        assert set(made) <= {one.id for one in listed}


def test_a_process_of_its_own(tmp_path: Path) -> None:
    database = tmp_path / "emulator.sqlite"
    program = (
        "import sys; from pathlib import Path; from reconciler.emulator.server import serve_forever\n"
        "serve_forever(Path(sys.argv[1]), 0, ready=lambda running: print(running.url, flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(database)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        running = Running(process.stdout.readline().strip(), "sk_test_emulator")
        sdk(running).v1.products.create({"id": "pro", "name": "Pro"})
        assert status(database)["objects"]["product"] == 1
        process.terminate()
        assert process.stdout.read() == ""
        process.wait()
    assert status(database)["objects"]["product"] == 1


def test_a_busy_port_is_an_error_that_says_so(running: Running) -> None:
    port = int(running.url.rpartition(":")[2])
    with pytest.raises(OSError, match=f"127.0.0.1:{port}"), serve(None, port=port):
        pass
    with pytest.raises(OSError, match="in use"):
        serve_forever(None, port, ready=lambda _: None)


def test_a_given_port_is_used_and_free_afterwards() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    for _ in range(2):
        with serve(None, port=port) as running:
            assert running.url == f"http://127.0.0.1:{port}"
            assert sdk(running).v1.products.list().data == []
    assert not [thread for thread in threading.enumerate() if thread.name == "stripe-emulator" and not thread.daemon]


def test_limits_and_latency_can_be_switched_on_at_the_start() -> None:
    with serve(None, limits=True, latency=0.001) as running:
        requests.post(f"{running.url}/_emulator/clock", json={"set": 1_800_000_000})
        headers = {"Authorization": f"Bearer {running.key}"}
        answers = [requests.get(f"{running.url}/v1/products", headers=headers).status_code for _ in range(26)]
        assert answers == [200] * 25 + [429]


def test_reset_and_status(tmp_path: Path) -> None:
    database = tmp_path / "emulator.sqlite"
    assert "product" not in status(database)["objects"]
    assert not database.exists()
    with serve(database) as running:
        sdk(running).v1.products.create({"id": "pro", "name": "Pro"})
        requests.post(f"{running.url}/_emulator/accounts", json={"id": "acct_b", "key": "sk_test_b"})
        told = status(database)
        assert (told["path"], told["objects"]["product"]) == (str(database), 1)
        assert told["accounts"] == [
            {"id": told["account"], "display_name": "Emulator"},
            {"id": "acct_b", "display_name": "Emulator"},
        ]
        assert told["scopes"][f"{told['account']}/test"]["product"] == 1
        reset(database)
        assert "product" not in status(database)["objects"]
        assert sdk(running).v1.products.list().data == []


def test_a_foreign_layout_is_refused(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    database = tmp_path / "emulator.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("pragma user_version = 99")
    with pytest.raises(OSError, match="another version of the emulator"):
        status(database)


def test_requests_are_counted_without_their_keys(client: Any, send: Any, control: Any) -> None:
    client.v1.products.create({"name": "x", "images": ["https://a.example"]}, {"idempotency_key": "mine"})
    client.v1.products.list({"limit": 3})
    send("GET", "/v1/nonsense")
    logged = control("GET", "requests")
    assert logged["count"] == 3
    first, second, third = logged["requests"]
    assert first == {
        "request_id": first["request_id"],
        "method": "POST",
        "path": "/v1/products",
        "operation": "product.create",
        "params": {"name": "x", "images": ["https://a.example"]},
        "account": "acct_1Emulator00000000",
        "livemode": False,
        "idempotency_key": "mine",
        "fault": None,
        "status": 200,
        "replayed": False,
    }
    assert (second["params"], third["operation"], third["status"]) == ({"limit": "3"}, None, 404)
    assert control("GET", "requests?method=POST")["count"] == 1
    assert control("GET", "requests?operation=product.list")["count"] == 1
    assert "sk_test" not in str(logged)
    control("DELETE", "requests")
    assert control("GET", "requests")["count"] == 0


def test_the_clock_is_set_advanced_and_released(client: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    assert client.v1.products.create({"name": "x"}).created == 1_800_000_000
    assert control("POST", "clock", {"advance": 90})["now"] == 1_800_000_090
    assert control("GET", "clock")["now"] == 1_800_000_090
    assert control("POST", "clock", {"run": True})["now"] == 1_800_000_090
    assert control("GET", "clock")["now"] > 1_800_000_090


def test_objects_can_be_edited_behind_the_api(client: Any, control: Any) -> None:
    client.v1.products.create({"id": "pro", "name": "Pro"})
    control("POST", "objects", {"id": "pro", "set": {"images": ["https://files.example/copy.png"]}})
    assert client.v1.products.retrieve("pro").images == ["https://files.example/copy.png"]
    assert len(client.v1.events.list().data) == 1


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("accounts", {"key": "pk_test_x"}),
        ("accounts", {"nonsense": 1}),
        ("accounts", {"connected_to": "acct_nope"}),
        ("clock", {"forward": 1}),
        ("limits", {"per_hour": 1}),
        ("objects", {"id": "nope", "set": {}}),
        ("requests", None),
    ],
)
def test_a_control_request_that_makes_no_sense_is_refused(session: Any, running: Running, name: str, body: Any) -> None:
    assert session.post(f"{running.url}/_emulator/{name}", json=body).status_code in (400, 405)


def test_reset_ends_everything(client: Any, send: Any, control: Any) -> None:
    client.v1.products.create({"name": "x"})
    control("POST", "faults", {"kind": "error", "times": None})
    control("POST", "limits", {"enabled": True, "operation": 0})
    control("POST", "clock", {"set": 5})
    control("POST", "reset")
    assert send("GET", "/v1/products").json()["data"] == []
    assert control("GET", "clock")["now"] > 1_700_000_000
    assert control("GET", "requests")["count"] == 1


@pytest.mark.parametrize("path", ["/_emulator/status", "/p/login/test_nope", "/links/nope", "/p/pay/nope"])
def test_only_this_machine_is_served_beside_the_api(running: Running, path: str) -> None:
    port = running.url.rpartition(":")[2]
    good = [f"{host}:{port}" for host in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]")]
    bad = ["evil.example", f"evil.example:{port}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.1.evil.example:{port}", ""]
    bad += [f"a@127.0.0.1:{port}", f"127.0.0.1:{port}/x", "127.0.0.1:nope", "[::1"]
    for host in good:
        assert requests.get(running.url + path, headers={"Host": host}).status_code != 403
    for host in bad:
        answer = requests.get(running.url + path, headers={"Host": host})
        assert (answer.status_code, len(answer.text.splitlines())) == (403, 1)


def test_no_page_of_another_site_orders_anything(running: Running) -> None:
    sdk(running).v1.products.create({"id": "pro", "name": "Pro"})
    port = running.url.rpartition(":")[2]
    reset_url = f"{running.url}/_emulator/reset"
    for origin in (
        "https://evil.example",
        "null",
        "",
        f"https://127.0.0.1:{port}",
        "http://127.0.0.1:1",
        "http://[bad",
    ):
        answer = requests.post(reset_url, headers={"Origin": origin})
        assert (answer.status_code, list(answer.json())) == (403, ["error"])
    assert sdk(running).v1.products.retrieve("pro").name == "Pro"
    for origin in (running.url, f"http://localhost:{port}"):
        assert requests.post(reset_url, headers={"Origin": origin}).status_code == 200
