"""Groups of communes from lists: columns of several publishers, checked numbers, contradictions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.csv_rows import plain_name, read_rows
from geo.epci import Contradiction, Group, contradictions, has_own_tax, is_siren, read_groups
from geo.errors import InvalidFile

MGP, EPT, LYON = "200054781", "200057966", "200046977"


@given(st.integers(0, 10**8 - 1))
def test_exactly_one_last_digit_makes_a_siren(first: int) -> None:
    """The check digit is a function of the others, and one wrong digit is always found."""
    head = f"{first:08d}"
    good = [f"{head}{digit}" for digit in range(10) if is_siren(f"{head}{digit}")]
    assert len(good) == 1
    wrong = str((int(good[0][3]) + 1) % 10)
    assert not is_siren(good[0][:3] + wrong + good[0][4:])


def test_real_numbers_are_sirens() -> None:
    """Greater Paris, a territory of it, Lyon; not their neighbours, nor text."""
    assert all(is_siren(text) for text in (MGP, EPT, LYON))
    assert not any(is_siren(text) for text in ("200054782", "20005478", "2000547811", "", "ABC"))
    assert not is_siren("٢٠٠٠٥٤٧٨١")


DGCL = (
    "dept;siren;raison_sociale;nature_juridique;mode_financ;nb_membres;insee;siren_membre;nom_membre\n"
    f"75;{MGP};Métropole du Grand Paris;METRO;FPU;2;75056;217500016;Paris\n"
    f"92;{MGP};Métropole du Grand Paris;METRO;FPU;2;92050;219200508;Nanterre\n"
    f"69;{LYON};Métropole de Lyon;MET69;FPU;1;69381;216901231;Lyon\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_list_of_the_ministry_is_read(encoding: str) -> None:
    """One row for each member, in any of the encodings it has had; an arrondissement counts as its commune."""
    read = read_groups(DGCL.encode(encoding))
    assert read.refused == ()
    assert read.groups == (
        Group(LYON, "Métropole de Lyon", "MET69", ("69123",)),
        Group(MGP, "Métropole du Grand Paris", "METRO", ("75056", "92050")),
    )


@pytest.mark.parametrize(
    "text",
    [
        f"siren,nom,nature,insee\n{MGP},Grand Paris,METRO,75056 92050\n",
        f"SIREN;Nom;Nature;Membres\n{MGP};Grand Paris;METRO;75056,92050\n",
        f"N° SIREN\tNom du groupement\tNature juridique\tcode INSEE\n{MGP}\tGrand Paris\tMETRO\t75056\n200 054 781\t\t\t92050\n",
        f"CODGEO,LIBGEO,EPCI,LIBEPCI,NATURE_EPCI\n75056,Paris,{MGP},Grand Paris,METRO\n92050,Nanterre,{MGP},Grand Paris,METRO\n",
    ],
)
def test_columns_of_others_are_known(text: str) -> None:
    """Members in one cell or row by row, names of columns of INSEE, Banatic and by hand."""
    assert read_groups(text.encode()).groups == (
        Group(MGP, "Grand Paris", "METRO", ("75056", "92050")),
    )


def test_rows_that_cannot_be_taken_say_why() -> None:
    """A wrong check digit, a code that is none, no name, no member; the rest is read."""
    text = (
        "siren;nom;nature;insee\n"
        f"200054782;A;CC;75056\n{MGP};B;CC;Paris\n{EPT};;CC;75056\n{LYON};C;CC;\n{LYON};C;CC;1001\nZZZZZZZZZ;D;;75056\n"
    )
    read = read_groups(text.encode())
    assert [note.row for note in read.refused] == [1, 2, 3, 4, 6]
    assert "200054782" in read.refused[0].message
    assert read.groups == (Group(LYON, "C", "CC", ("01001",)),)


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"a;b\n1;2\n", b"\x00\x01", b"siren;siren;nom;insee\n1;2;3;4\n"]
)
def test_files_of_another_kind_are_refused(data: bytes) -> None:
    """No header, other columns, no text, a column twice."""
    with pytest.raises(InvalidFile, match="wanted"):
        read_groups(data)


def test_two_groups_that_tax_contradict_and_others_do_not() -> None:
    """Territories and syndicates stand beside a métropole; a second community does not."""
    groups = [
        Group(MGP, "A", "Métropole", ("75056", "92050")),
        Group(EPT, "B", "Etablissement public territorial", ("92050",)),
        Group(LYON, "C", "Communauté d'agglomération", ("75056",)),
        Group("200000008", "D", None, ("75056",)),
    ]
    assert contradictions(groups) == (Contradiction("75056", (LYON, MGP)),)


@pytest.mark.parametrize(
    ("kind", "taxes"),
    [
        ("CC", True),
        ("CU", True),
        ("MET69", True),
        ("Communauté urbaine", True),
        ("Métropole", True),
        ("EPT", False),
        ("SIVOM", False),
        ("SMO", False),
        ("Syndicat mixte", False),
        ("Sans objet", None),
        (None, None),
    ],
)
def test_kinds_that_tax(kind: str | None, taxes: bool | None) -> None:  # noqa: FBT001 - a case
    """As the ministry and IGN write them; others are not known."""
    assert has_own_tax(kind) is taxes


def test_rows_are_read_whatever_parts_them() -> None:
    """Quoted line breaks, short rows, empty lines, columns without a name."""
    rows = read_rows('\ufeffNom;;Âge\n"a\nb";x;\n\n c \n'.encode())
    assert rows == [{"nom": "a\nb", "age": ""}, {"nom": "c", "age": ""}]
    assert plain_name("N° de l'ÉPCI ") == "n_de_l_epci"
