"""Draft orders from the store: the files an officer gets, the command that writes them, and what is sent to DiaLog."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from geo.bay_details import BayDetails
from geo.errors import InvalidSettings
from geo.orders.draft import draft_of_inventory
from geo.orders.fields import OrderFields
from geo.words import Commune
from service.commands.orders import orders
from service.jobs.suggest import RunWanted, run_suggestions
from service.lifecycle import Decision, Status
from service.orders.docx import order_docx
from service.orders.pdf import order_pdf
from service.orders.register import RegisterRefused, RegisterUnreachable, send_draft
from service.security import Role
from service.settings import Settings
from service.store.database import reading, writing
from service.store.suggestions import Wanted, decide, list_suggestions
from tests.geo.exports.bays_drawn import one_bay
from tests.service.register import CLIENT, SECRET, UUID, Register, running_register
from tests.service.suggested import FakeAdvisor, record
from tests.service.world import BAYS, World

ONE, TWO, THREE = BAYS[:3]
FILES = ("order.docx", "order.pdf", "dialog.json", "datex2.xml", "policy.json", "sign.txt")
NOTICE = "sans valeur d\N{RIGHT SINGLE QUOTATION MARK}acte"
BODY = {"identifier": "A/1", "status": "draft", "category": "x", "title": "y", "measures": [1]}


@pytest.fixture
def suggested(world: World) -> World:
    """Give a world whose commune 99001 has had one run: two changes and one kept rule."""
    world.take(world.reports(-24 * 60 - 59, -24 * 60))
    world.take(world.stay(-24 * 60 - 50, -24 * 60 - 30))
    advisor = FakeAdvisor((record(ONE), record(TWO), record(THREE, decision="keep")))
    run_suggestions(world.engine, advisor, RunWanted("99001", weeks=1), world.now)
    return world


@pytest.fixture
def client(suggested: World) -> TestClient:
    """Return a client of the application."""
    return suggested.client()


def id_of(world: World, bay: str) -> int:
    """Return the suggestion for a bay."""
    with reading(world.engine) as session:
        return list_suggestions(session, Wanted(bay_id=bay))[0].id


def get(client: TestClient, world: World, bay: str, file: str) -> Any:
    """Ask for a file of a draft with the officer's key."""
    return client.get(
        f"/api/v1/suggestions/{id_of(world, bay)}/{file}", headers=world.bearer("officer")
    )


def test_an_officer_gets_each_file(client: TestClient, suggested: World) -> None:
    """Every file comes with its name, and is not sent again to who has it."""
    for file in FILES:
        answer = get(client, suggested, ONE, file)
        assert answer.status_code == 200
        assert file in answer.headers["content-disposition"]
        key = suggested.bearer("officer") | {"If-None-Match": answer.headers["etag"]}
        assert client.get(answer.request.url, headers=key).status_code == 304


def test_files_want_a_key_of_the_commune(client: TestClient, suggested: World) -> None:
    """Without a key 401, with a device's or another commune's 403, an unknown file or suggestion 422 and 404."""
    path = f"/api/v1/suggestions/{id_of(suggested, ONE)}/order.pdf"
    suggested.add_key("elsewhere", Role.OFFICER, "99002")
    assert client.get(path).status_code == 401
    assert client.get(path, headers=suggested.bearer("camera")).status_code == 403
    assert client.get(path, headers=suggested.bearer("elsewhere")).status_code == 403
    assert get(client, suggested, ONE, "order.exe").status_code == 422
    missing = client.get("/api/v1/suggestions/99999/order.pdf", headers=suggested.bearer("officer"))
    assert missing.json()["code"] == "unknown_suggestion"


def test_a_rule_that_is_kept_or_refused_has_no_order(client: TestClient, suggested: World) -> None:
    """Nothing is drafted where nothing is proposed, or what was proposed was refused."""
    assert get(client, suggested, THREE, "order.pdf").json()["code"] == "not_draftable"
    key = suggested.add_key("other", Role.OFFICER)
    with writing(suggested.engine) as session:
        refusal = Decision(Status.REFUSED, Status.PROPOSED, "non")
        decide(session, id_of(suggested, ONE), key, refusal, suggested.now)
    answer = get(client, suggested, ONE, "sign.txt")
    assert answer.status_code == 400
    assert "is refused" in answer.json()["detail"]


def test_document_has_styles_and_says_what_was_seen(client: TestClient, suggested: World) -> None:
    """The DOCX has headings, a table whose header repeats, the notice on every page, French, and measured figures."""
    document = docx.Document(io.BytesIO(get(client, suggested, ONE, "order.docx").content))
    styles = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "Clause", "Signataire"} <= styles
    assert NOTICE in document.sections[0].header.paragraphs[0].text
    assert document.core_properties.language == "fr-FR"
    table = next(one for one in document.tables if len(one.rows) > 5)
    assert "w:tblHeader" in table.rows[0]._tr.xml
    cells = {row.cells[0].text: row.cells[1].text for row in table.rows}
    assert cells["Heures observées"] == "1\u00a0h"
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "[nom_signataire]" in text
    with zipfile.ZipFile(io.BytesIO(get(client, suggested, ONE, "order.docx").content)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_pdf_is_tagged_and_warns_on_every_page(client: TestClient, suggested: World) -> None:
    """Each page of the PDF says that it is no legal act; the document is PDF/UA."""
    content = get(client, suggested, ONE, "order.pdf").content
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_range() for page in document]
    assert len(pages) >= 3
    assert all(NOTICE in page for page in pages)
    assert b"pdfuaid" in content
    assert document.is_tagged()


def test_data_files_hold_the_new_rule(client: TestClient, suggested: World) -> None:
    """DiaLog, DATEX II, CDS and the sign say the proposed hours and maximum stay."""
    body = get(client, suggested, ONE, "dialog.json").json()
    assert body["status"] == "draft"
    assert "20 min" in body["title"]
    assert body["measures"][0]["periods"][0]["timeSlots"][0]["endTime"].endswith("T11:00:00+01:00")
    assert ">PT20M<" in get(client, suggested, ONE, "datex2.xml").text
    policies = get(client, suggested, ONE, "policy.json").json()["data"]["policies"]
    assert any(rule.get("max_stay") == 20 for policy in policies for rule in policy["rules"])
    assert "6h-11h" in get(client, suggested, ONE, "sign.txt").text


def test_documents_stand_any_name(tmp_path: Path) -> None:
    """Control characters and marks of a name, which documents forbid or mean something by, break neither."""
    bay = one_bay(name="a\x0b<b>&#[x] *$@ \\ \u202fc", details=BayDetails(order_ref="R\x001"))
    order = draft_of_inventory(
        [bay], Commune(insee="92024", name="Clichy"), OrderFields(), date(2026, 3, 1)
    )
    text = docx.Document(io.BytesIO(order_docx(order))).tables[-2].rows[1].cells[1].text
    assert text == "a<b>&#[x] *$@ \\ \u202fc"
    assert order_pdf(order).startswith(b"%PDF")


def draft(world: World, tmp_path: Path, *given: str) -> Any:
    """Run `airelib orders draft` on the world's database."""
    options = ["draft", *given, "--out", str(tmp_path / "out"), "--database", world.url]
    return CliRunner().invoke(orders, options, catch_exceptions=True)


def test_command_drafts_one_order_for_several_suggestions(suggested: World, tmp_path: Path) -> None:
    """Two suggestions make one order with its six files; what the settings say is no blank."""
    fields = tmp_path / "order.toml"
    fields.write_text('numero_arrete = "A-1"\nqualite_signataire = "maire"\n')
    ids = [str(id_of(suggested, bay)) for bay in (ONE, TWO)]
    done = draft(
        suggested,
        tmp_path,
        "--suggestion",
        ids[0],
        "--suggestion",
        ids[1],
        "--settings",
        str(fields),
    )
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == sorted(f"arrete-99001-{'-'.join(ids)}-{file}" for file in FILES)
    body = json.loads((tmp_path / "out" / f"arrete-99001-{'-'.join(ids)}-dialog.json").read_text())
    assert body["identifier"] == "A-1"
    assert len(body["measures"][0]["locations"]) == 2


def test_command_drafts_the_list_of_a_commune(suggested: World, tmp_path: Path) -> None:
    """All bays of a commune come into one order, in the forms asked for."""
    done = draft(suggested, tmp_path, "--commune", "99001", "--format", "docx,sign")
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["arrete-99001-inventaire-order.docx", "arrete-99001-inventaire-sign.txt"]
    sign = (tmp_path / "out" / names[1]).read_text()
    assert sign.count("arrêté [numero_arrete]") == 4


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ((), "wanted one of --suggestion"),
        (("--suggestion", "1", "--commune", "99001"), "wanted one of --suggestion"),
        (("--commune", "99001", "--format", "doc"), "'doc' is not one of"),
        (("--commune", "99999"), "no commune has the INSEE code"),
        (("--suggestion", "424242"), "no suggestion has the identifier"),
    ],
)
def test_command_refuses_what_it_cannot_draft(
    suggested: World, tmp_path: Path, given: tuple[str, ...], wanted: str
) -> None:
    """Nothing is written, and the message says what was wanted."""
    done = draft(suggested, tmp_path, *given)
    assert done.exit_code != 0
    assert wanted in f"{done.output}{done.exception}"
    assert not (tmp_path / "out").exists()


@pytest.fixture
def register() -> Iterator[Register]:
    """Give a register on loopback."""
    with running_register() as found:
        yield found


@pytest.fixture
def door(register: Register, tmp_path: Path) -> dict[str, Any]:
    """Return the settings by which a register is reached."""
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    return {
        "dialog_url": register.url,
        "dialog_client_id": CLIENT,
        "dialog_secret_file": secret,
    }


def test_push_sends_the_draft_and_its_document(
    suggested: World,
    register: Register,
    door: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With --push the body that stands in the file is created as a draft, and the PDF is attached."""
    for name, value in door.items():
        monkeypatch.setenv(f"AIRELIB_{name.upper()}", str(value))
    done = draft(
        suggested,
        tmp_path,
        "--suggestion",
        str(id_of(suggested, ONE)),
        "--format",
        "dialog,pdf",
        "--push",
    )
    assert done.exit_code == 0, done.output
    assert UUID in done.output
    (sent,) = register.orders.values()
    (file,) = (tmp_path / "out").glob("*dialog.json")
    assert sent == json.loads(file.read_text())
    ((path, document),) = register.documents.items()
    assert path == f"/api/regulations/{sent['identifier']}/storage"
    (pdf,) = (tmp_path / "out").glob("*.pdf")
    assert pdf.read_bytes() in document


def test_nothing_is_sent_without_the_flag(
    suggested: World,
    register: Register,
    door: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Settings alone send nothing."""
    for name, value in door.items():
        monkeypatch.setenv(f"AIRELIB_{name.upper()}", str(value))
    assert draft(suggested, tmp_path, "--commune", "99001", "--format", "dialog").exit_code == 0
    assert register.orders == {}


def test_refusals_of_the_register_are_told(register: Register, door: dict[str, Any]) -> None:
    """Violations are named with their field; an order that exists and wrong credentials are refusals too."""
    settings = Settings(**door)
    send_draft(settings, BODY, b"%PDF")
    assert "/api/regulations/A%2F1/storage" in register.documents
    with pytest.raises(RegisterRefused, match="400: Un arrêté avec cet identifiant"):
        send_draft(settings, BODY, b"%PDF")
    with pytest.raises(RegisterRefused, match="422: title: Cette valeur"):
        send_draft(settings, {**BODY, "title": ""}, b"%PDF")
    with pytest.raises(RegisterRefused, match="401: Unauthorized"):
        send_draft(Settings(**{**door, "dialog_client_id": "other"}), BODY, b"%PDF")
    with pytest.raises(RegisterRefused, match="at most 5000000"):
        send_draft(settings, BODY, b"x" * 5_000_001)


@pytest.mark.parametrize("answer", [(500, {}), (502, b"<html>"), (302, {})])
def test_a_broken_register_can_be_tried_again(
    register: Register, door: dict[str, Any], answer: tuple[int, Any]
) -> None:
    """What is no answer of DiaLog is a failure that may pass."""
    register.answer = answer
    with pytest.raises(RegisterUnreachable, match=str(answer[0])):
        send_draft(Settings(**door), BODY, b"%PDF")


def test_a_register_that_is_off_can_be_tried_again(door: dict[str, Any]) -> None:
    """No connection is a failure that may pass."""
    with running_register() as gone:
        url = gone.url
    with pytest.raises(RegisterUnreachable, match="ConnectError"):
        send_draft(Settings(**{**door, "dialog_url": url}), BODY, b"%PDF")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"dialog_url": ""}, "not set up"),
        ({"dialog_client_id": ""}, "not set up"),
        ({"dialog_url": "http://dialog.example"}, "wanted https"),
        ({"dialog_secret_file": Path("/nowhere/secret")}, "cannot be read"),
    ],
)
def test_a_secret_leaves_only_through_a_door_that_is_set_up(
    register: Register, door: dict[str, Any], given: dict[str, Any], wanted: str
) -> None:
    """Without URL, client and secret nothing is sent, and never without TLS but to this machine."""
    with pytest.raises(InvalidSettings, match=wanted):
        send_draft(Settings(**{**door, **given}), BODY, b"%PDF")
    assert register.orders == {}


def test_bytes_do_not_depend_on_the_day_they_are_made(suggested: World) -> None:
    """The documents of a suggestion are dated by its data: a month later they are the same."""
    first = {
        f: hashlib.sha256(get(suggested.client(), suggested, ONE, f).content).hexdigest()
        for f in FILES[:2]
    }
    suggested.now = suggested.now.replace(month=4)
    later = {
        f: hashlib.sha256(get(suggested.client(), suggested, ONE, f).content).hexdigest()
        for f in FILES[:2]
    }
    assert first == later
