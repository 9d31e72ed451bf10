"""What the page keeps: trees of messages, found again, renamed, exported, imported, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx2
import pytest

from tests.serve.served import Served, served
from thinkling.serve.settings import ServeSettings


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with served({"thinkling": None}) as found:
        yield found


def ui(running: Served, method: str, path: str = "", body: Any = None, **options: Any) -> Any:
    response = httpx2.request(method, f"{running.url}/ui/conversations{path}", json=body, **options)
    return (
        response.json() if response.headers["content-type"].startswith("application/json") else response.text
    )


def say(running: Served, number: str, role: str, content: str, parent: str | None, **fields: Any) -> str:
    turn = {"parent": parent, "role": role, "content": content} | fields
    found: str = ui(running, "POST", f"/{number}/messages", turn)["id"]
    return found


def test_a_conversation_is_a_tree_that_is_kept(running: Served) -> None:
    number = ui(running, "POST", "", {"title": "Sums", "system": "Be brief."})["id"]
    asked = say(running, number, "user", "What's 2+2?", None)
    first = say(
        running, number, "assistant", "4", asked, reasoning="2+2=4", facts={"tokens": 3, "seconds": 0.5}
    )
    second = say(running, number, "assistant", "Four.", asked)
    found = ui(running, "GET", f"/{number}")
    assert (found["title"], found["system"], found["leaf"]) == ("Sums", "Be brief.", second)
    assert [(one["id"], one["parent"]) for one in found["messages"]] == [
        (asked, None),
        (first, asked),
        (second, asked),
    ]
    assert found["messages"][1]["facts"] == {"tokens": 3, "seconds": 0.5}
    changed = ui(running, "PATCH", f"/{number}", {"title": "Four", "leaf": first})
    assert (changed["title"], changed["leaf"]) == ("Four", first)
    text = ui(running, "GET", f"/{number}/export?form=markdown")
    assert "# Four" in text and "> 2+2=4" in text and "Four." not in text


def test_conversations_are_found_by_title_and_by_what_was_said(running: Served) -> None:
    numbers = {}
    for title, said in (("100% sure", "about apples"), ("Pears", "about p_ars"), ("Plums", "nothing")):
        numbers[title] = ui(running, "POST", "", {"title": title})["id"]
        say(running, numbers[title], "user", said, None)

    def titles(query: str) -> set[str]:
        found = ui(running, "GET", "", params={"query": query})["data"]
        return {one["title"] for one in found if one["id"] in numbers.values()}

    assert titles("") == set(numbers)
    assert titles("apples") == {"100% sure"} and titles("pears") == {"Pears"}
    assert titles("100%") == {"100% sure"} and titles("%") == {"100% sure"} and titles("_") == {"Pears"}
    latest = [one["title"] for one in ui(running, "GET", "")["data"]]
    assert latest.index("Plums") < latest.index("Pears") < latest.index("100% sure")


def test_an_export_comes_back_as_the_same_tree(running: Served) -> None:
    number = ui(running, "POST", "", {"title": "Tree"})["id"]
    asked = say(running, number, "user", "a", None)
    answered = say(running, number, "assistant", "b", asked, reasoning="why")
    say(running, number, "user", "c", answered)
    say(running, number, "user", "d", answered)
    whole = httpx2.get(f"{running.url}/ui/conversations/{number}/export").json()
    again = ui(running, "POST", "/import", whole)
    assert again["id"] != number and again["title"] == "Tree"

    def shape(conversation: dict[str, Any]) -> list[Any]:
        names = {one["id"]: one["content"] for one in conversation["messages"]} | {None: None}
        return [(one["content"], names[one["parent"]], one["reasoning"]) for one in conversation["messages"]]

    assert shape(again) == shape(ui(running, "GET", f"/{number}"))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"format": "other", "version": 1, "title": "x", "messages": []},
        {"format": "thinkling-conversation", "version": 1, "title": "x", "messages": [{"role": "wizard"}]},
    ],
)
def test_a_file_that_is_no_conversation_is_refused(running: Served, wrong: dict[str, Any]) -> None:
    assert httpx2.post(f"{running.url}/ui/conversations/import", json=wrong).status_code == 400


def test_what_is_deleted_is_gone(running: Served) -> None:
    number = ui(running, "POST", "", {"title": "Gone"})["id"]
    say(running, number, "user", "a", None)
    assert ui(running, "DELETE", f"/{number}")["deleted"]
    assert httpx2.get(f"{running.url}/ui/conversations/{number}").status_code == 404
    assert not running.service.store.rows("select * from messages where conversation = ?", number)


def test_a_conversation_is_its_owners_alone() -> None:
    hashes = frozenset(sha256(key.encode()).hexdigest() for key in ("one", "two"))
    with served({"thinkling": None}, ServeSettings(port=0, key_hashes=hashes)) as running:
        mine, yours = ({"headers": {"authorization": f"Bearer {key}"}} for key in ("one", "two"))
        number = ui(running, "POST", "", {"title": "Mine"}, **mine)["id"]
        assert ui(running, "GET", f"/{number}", **mine)["title"] == "Mine"
        assert "error" in ui(running, "GET", f"/{number}", **yours)
        assert "error" in ui(running, "DELETE", f"/{number}", **yours)
        assert ui(running, "GET", "", **yours) == {"data": []}
        assert httpx2.get(running.url).status_code == 200
        assert httpx2.get(f"{running.url}/web/app.js").status_code == 200
        assert httpx2.post(f"{running.url}/ui/render", json={"texts": []}).status_code == 401


def test_the_page_loads_nothing_from_elsewhere(running: Served) -> None:
    page = httpx2.get(running.url)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    names = ["index.html", "app.js", "page.css", "text.css", "service.js", "answer.js"]
    for name in names:
        assert "//" not in httpx2.get(f"{running.url}/web/{name}").text.replace(
            "http://www.w3.org", ""
        ).replace("// ", "")
    for name in ("..%2Fpage.py", "%2e%2e/page.py", "nothing.js", ".", "page.py"):
        assert httpx2.get(f"{running.url}/web/{name}").status_code == 404


def test_an_import_is_whole_or_not_at_all(running: Served) -> None:
    whole = {"format": "thinkling-conversation", "version": 1, "title": "Half of it"}
    turn = {"role": "user", "content": "a"}
    for messages in (
        [turn | {"id": "1"}, turn | {"id": "2", "parent": "3"}],
        [turn | {"id": "1"}, turn | {"id": "1"}],
    ):
        sent = whole | {"messages": messages}
        assert httpx2.post(f"{running.url}/ui/conversations/import", json=sent).status_code == 400
    assert not ui(running, "GET", "?query=Half of it")["data"]


def test_a_long_import_keeps_its_order_whatever_the_clock_says(running: Served) -> None:
    turns = [
        {"id": str(n), "parent": str(n - 1) if n else None, "role": "user", "content": f"turn {n}"}
        for n in range(3000)
    ]
    for n, turn in enumerate(turns):
        turn["created_at"] = -float(n)
    whole = {"format": "thinkling-conversation", "version": 1, "title": "Long", "messages": turns}
    found = ui(running, "POST", "/import", whole, timeout=60)["messages"]
    assert [one["content"] for one in found] == [one["content"] for one in turns]
    assert [one["parent"] for one in found[1:]] == [one["id"] for one in found[:-1]]
