"""The chat page in a browser, as a person uses it: real clicks, a real model, pictures of the main states."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serve.served import Served, served, stored
from tests.test_llm import speaking
from thinkling.serve.far import FarModel
from thinkling.serve.settings import ServeSettings

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PICTURES = os.environ.get("THINKLING_PICTURES")
"""A folder for screenshots; none are made without it."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    thinker = speaking("<think>", *"abcdefghijkl", circles=True, context_length=4096)
    folder = stored(thinker, tmp_path_factory.mktemp("thinker"))
    with served({"thinkling": None, "thinker": folder}) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def opened(browser: Any, running: Served, **settings: Any) -> Any:
    """The page in a browser that knows nothing yet, once it can be used. Close its context."""
    usual = {"viewport": {"width": 1200, "height": 800}}
    found = browser.new_context(**usual | settings).new_page()
    found.goto(running.url)
    found.wait_for_selector("body[data-ready=true]")
    return found


@pytest.fixture
def page(browser: Any, running: Served) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1200, "height": 800}, color_scheme="light")
    found = context.new_page()
    faults: list[str] = []
    elsewhere: list[str] = []
    found.on("pageerror", lambda error: faults.append(str(error)))
    found.on(
        "request",
        lambda asked: (
            elsewhere.append(asked.url) if not asked.url.startswith((running.url, "data:", "blob:")) else None
        ),
    )
    found.goto(running.url)
    found.wait_for_selector("body[data-ready=true]")
    yield found
    context.close()
    assert not faults and not elsewhere


def picture(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


def ask(page: Any, words: str) -> None:
    page.get_by_label("Your question").fill(words)
    page.get_by_role("button", name="Send").click()


def answered(page: Any, count: int = 1) -> None:
    """Until so many answers stand there and nothing grows."""
    page.wait_for_function(
        "count => document.querySelectorAll('.turn.assistant:not(.growing)').length >= count"
        " && !document.querySelector('.growing') && document.getElementById('stop').hidden",
        arg=count,
    )


def test_a_question_is_answered_with_its_thinking_in_a_fold(page: Any) -> None:
    picture(page, "start")
    ask(page, "What's 12 times 14?")
    answered(page)
    turn = page.locator(".turn.assistant").last
    assert "168" in turn.locator(".content").inner_text()
    fold = turn.locator("details.thinking")
    assert fold.get_attribute("open") is None and "Thought" in fold.locator("summary").inner_text()
    fold.locator("summary").click()
    assert "120" in fold.locator(".thought").inner_text()
    facts = turn.locator(".facts").inner_text()
    assert "tokens/s" in facts and "thought" in facts and " s" in facts
    assert page.get_by_role("heading", level=1).inner_text() == "What's 12 times 14?"
    picture(page, "answer")


def test_a_conversation_is_there_again_after_a_reload_and_in_the_list(page: Any) -> None:
    ask(page, "Which is larger, 9.11 or 9.9?")
    answered(page)
    page.reload()
    page.wait_for_selector(".turn.assistant")
    assert "9.9" in page.locator(".turn.assistant .content").inner_text()
    page.get_by_label("Search conversations").fill("9.11 or")
    page.wait_for_function("() => document.querySelectorAll('#list a').length === 1")
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".greeting")
    page.locator("#list a").first.click()
    page.wait_for_selector(".turn.user")


def test_stopping_keeps_what_was_said_and_ends_it_in_the_service(page: Any, running: Served) -> None:
    page.get_by_role("button", name="Settings").click()
    page.locator("#model").select_option("thinker")
    page.locator("#max-tokens").fill("4000")
    ask(page, "Hello")
    page.wait_for_function("() => document.querySelector('.growing .thought')?.textContent.length > 20")
    page.wait_for_function(
        "() => document.querySelector('.growing summary')?.textContent.startsWith('Thinking for')"
    )
    picture(page, "thinking")
    page.get_by_role("button", name="Stop").click()
    answered(page)
    assert "stopped" in page.locator(".turn.assistant .facts").inner_text()
    running.wait_until_idle(2)


def test_skipping_leads_over_to_the_answer(page: Any) -> None:
    page.get_by_role("button", name="Settings").click()
    page.locator("#model").select_option("thinker")
    page.locator("#max-tokens").fill("600")
    ask(page, "Hello")
    page.wait_for_function("() => document.querySelector('.growing .thought')?.textContent.length > 5")
    page.get_by_role("button", name="Skip thinking").click()
    page.wait_for_function(
        "() => /answer now/.test(document.querySelector('.turn.assistant .thought')?.textContent ?? '')"
    )
    page.get_by_role("button", name="Stop").click()
    answered(page)


def test_another_answer_and_an_edited_question_are_branches(page: Any) -> None:
    ask(page, "What's 12 times 14?")
    answered(page)
    page.get_by_role("button", name="Again").click()
    page.wait_for_function("() => document.querySelector('.turn.assistant .count')?.textContent === '2/2'")
    page.get_by_role("button", name="The one before").click()
    page.wait_for_function("() => document.querySelector('.turn.assistant .count')?.textContent === '1/2'")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("The question, changed").fill("What's 13 plus 5?")
    page.get_by_role("button", name="Ask this").click()
    page.wait_for_function("() => document.querySelector('.turn.user .count')?.textContent === '2/2'")
    answered(page)
    assert "18" in page.locator(".turn.assistant .content").inner_text()
    picture(page, "branches")


def test_two_models_answer_side_by_side(page: Any) -> None:
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Beside it").select_option("thinkling")
    page.get_by_label("written").fill("2.19")
    ask(page, "What's 12 times 14?")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.beside .content')]"
        ".filter(one => one.textContent.includes('168')).length === 2"
    )
    boxes = [one.bounding_box() for one in page.locator(".beside .turn").all()]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"]
    picture(page, "beside")


def test_a_model_elsewhere_says_whose_it_is_and_answers_beside_one_here(
    browser: Any, running: Served
) -> None:
    far = {"far": FarModel(running.url, "thinkling")}
    with served({"near": None}, ServeSettings(port=0, far_models=far)) as both:
        page = opened(browser, both, color_scheme="light")
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Beside it").select_option(label=f"far (at 127.0.0.1:{running.port})")
        ask(page, "What's 12 times 14?")
        page.wait_for_function(
            "() => [...document.querySelectorAll('.beside .content')]"
            ".filter(one => one.textContent.includes('168')).length === 2"
        )
        answered(page, 2)
        facts = page.locator(".beside .facts").all_inner_texts()
        assert len(facts) == 2 and all("tokens/s" in one for one in facts)
        picture(page, "elsewhere")
        page.context.close()


def test_an_export_can_be_imported(page: Any, tmp_path: Path) -> None:
    ask(page, "What's 2+2?")
    answered(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    path = tmp_path / "conversation.json"
    download.value.save_as(path)
    assert json.loads(path.read_text())["messages"][0]["content"] == "What's 2+2?"
    before = page.url
    page.locator("#import").set_input_files(str(path))
    page.wait_for_function("before => location.href !== before", arg=before)
    page.wait_for_selector(".turn.assistant")
    with page.expect_download() as download:
        page.get_by_role("button", name="Markdown").click()
    download.value.save_as(tmp_path / "conversation.md")
    assert "## user" in (tmp_path / "conversation.md").read_text()


def test_files_go_with_a_question_in_the_form_of_the_model_card(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "sum.txt"
    path.write_text("2+2")
    page.locator("#attach").set_input_files(str(path))
    page.wait_for_selector("#files li")
    ask(page, "What is it?")
    page.wait_for_selector(".turn.user")
    said = page.locator(".turn.user .asked").inner_text()
    assert said.startswith("[file name]: sum.txt\n[file content begin]\n2+2\n[file content end]\n")


def test_a_question_that_could_not_be_kept_stands_in_its_field_again(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("a note")
    page.locator("#attach").set_input_files(str(path))
    page.wait_for_selector("#files li")
    page.route("**/ui/conversations", lambda route: route.abort())
    ask(page, "What's 2+2?")
    page.wait_for_function("() => document.getElementById('status').textContent !== ''")
    page.wait_for_function("() => document.getElementById('question').value !== ''")
    assert page.get_by_label("Your question").input_value() == "What's 2+2?"
    assert page.locator("#files li").count() == 1
    page.unroute("**/ui/conversations")
    page.get_by_role("button", name="Send").click()
    answered(page)
    assert page.locator("#files li").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(browser: Any, running: Served, scheme: str) -> None:
    page = opened(browser, running, color_scheme=scheme)
    ask(page, "What's 12 times 14?")
    answered(page)
    page.get_by_role("button", name="Settings").click()
    poor = page.evaluate(CONTRAST)
    picture(page, scheme)
    page.context.close()
    assert not poor


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_to_say(browser: Any, running: Served, scheme: str) -> None:
    from axe_core_python.sync_playwright import Axe

    page = opened(browser, running, color_scheme=scheme)
    found = [Axe().run(page)]
    ask(page, "What's 12 times 14?")
    answered(page)
    page.get_by_role("button", name="Settings").click()
    found.append(Axe().run(page))
    page.get_by_role("button", name="Edit").first.click()
    found.append(Axe().run(page))
    page.context.close()
    assert all(len(one["passes"]) > 20 for one in found)
    told = [
        (one["id"], [node["html"] for node in one["nodes"]]) for run in found for one in run["violations"]
    ]
    assert not told


CONTRAST = """() => {
  const part = (c) => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const found = rgb(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const one of document.querySelectorAll("body *")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !one.checkVisibility() || one.closest(".skip, :disabled")) continue;
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) found.push(`${one.tagName} ${one.textContent.slice(0, 30)}`);
  }
  return found;
}"""


def test_everything_that_can_be_used_has_a_name_and_can_be_reached_by_keyboard(page: Any) -> None:
    page.get_by_role("button", name="Settings").click()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, textarea, a, summary")]
            .filter((one) => one.checkVisibility())
            .filter((one) => !(one.innerText?.trim() || one.ariaLabel || one.labels?.length || one.title))
            .map((one) => one.outerHTML)"""
    )
    assert not nameless
    page.get_by_label("Your question").focus()
    page.keyboard.type("What's 2+2?")
    page.keyboard.press("Enter")
    answered(page)
    wanted, reached = {"new", "search", "show-drawer", "Copy", "Again"}, set()
    for _ in range(200):  # once round the page, with as many conversations as other tests left in its list
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("() => document.activeElement.id || document.activeElement.textContent.trim()")
        )
        if wanted <= reached:
            break
    assert wanted <= reached


def test_a_list_drawn_anew_and_an_answer_that_ends_leave_the_focus_where_it_is(page: Any) -> None:
    page.get_by_label("Your question").fill("What's 2+2?")
    page.keyboard.press("Enter")
    answered(page)
    page.get_by_label("Your question").fill("What's 3+4?")
    page.keyboard.press("Enter")
    first = page.locator("#list a").first
    first.focus()
    here = first.get_attribute("href")
    with page.expect_response("**/ui/conversations?query="):  # drawn once the answer is there
        pass
    page.wait_for_timeout(200)
    assert page.evaluate("() => document.activeElement.getAttribute('href')") == here


def test_it_can_be_used_on_a_telephone(browser: Any, running: Served) -> None:
    page = opened(browser, running, viewport={"width": 390, "height": 780})
    assert not page.locator("#side").is_visible()
    ask(page, "What's 12 times 14?")
    answered(page)
    picture(page, "telephone")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Show conversations").click()
    assert page.locator("#side").is_visible()
    page.locator("#list a").first.click()
    page.wait_for_selector(".turn.assistant")
    page.context.close()


def test_every_answer_of_a_long_conversation_is_rendered(page: Any, tmp_path: Path) -> None:
    """The service renders so much at once, and the page asks as often as that takes."""
    answer = {"role": "assistant", "content": "**bold** " + "word " * 4000}
    turns: list[dict[str, Any]] = []
    for number in range(40):
        asked = answer if number % 2 else {"role": "user", "content": "more"}
        turns.append(asked | {"id": str(number), "parent": str(number - 1) if number else None})
    path = tmp_path / "long.json"
    whole = {"format": "thinkling-conversation", "version": 1, "title": "Long", "messages": turns}
    path.write_text(json.dumps(whole))
    page.locator("#import").set_input_files(str(path))
    page.wait_for_function("() => document.querySelectorAll('.turn.assistant strong').length === 20")
