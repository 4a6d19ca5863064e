import pytest

from foedus.errors import InvalidInputError
from foedus.readiness.commands import record_all
from foedus.readiness.files import Format
from foedus.readiness.reading import Held
from foedus.readiness.records import Commitment, Report, Route, Unit
from foedus.readiness.tables import (
    absences_of,
    needs_of,
    read_commitments,
    read_routes,
    read_units,
    write_commitments,
    write_routes,
    write_units,
)
from tests.readiness.world import FIN, POL, World

UNITS = (
    b"nation,name,type,size,measures,caveats,since,posture,notice_h,as_of,"
    b"valid_until,evidence,label\n"
    b"POL,First,company,4,rapid_reaction;border_surveillance,no ice,2026-01-01,"
    b"at-notice,48,2026-11-01,2027-05-01,inspection 7,NATO RESTRICTED\n"
    b"Poland,Second,company,2,rapid_reaction,,2026-01-01,,,,,,NATO RESTRICTED\n"
)
FORMATS: tuple[Format, ...] = ("csv", "json", "parquet")


async def taken(world: World, document: bytes, form: Format) -> list[Held[Unit]]:
    sent = read_units(document, form)
    await record_all(world.register, POL, world.act(POL), sent)
    return world.held(FIN, Unit)


def reports(world: World) -> dict[str, list[Held[Report]]]:
    return {each.content.unit: [each] for each in world.held(FIN, Report)}


async def test_units_and_reports_are_read_from_one_table(world: World) -> None:
    second, first = await taken(world, UNITS, "csv")

    assert (first.content.name, first.content.size) == ("First", 4)
    assert first.content.measures == ("rapid_reaction", "border_surveillance")
    assert first.content.caveats == ("no ice",)
    assert second.content.nation == "POL"
    (told,) = world.held(FIN, Report)
    assert (told.content.unit, told.content.notice_h) == (first.record, 48)


@pytest.mark.parametrize("form", FORMATS)
async def test_what_is_written_is_read_again_as_further_editions(
    world: World, form: Format
) -> None:
    before = await taken(world, UNITS, "csv")
    told = [each.content for each in world.held(FIN, Report)]

    again = await taken(world, write_units(before, reports(world), form), form)

    assert [each.content for each in again] == [each.content for each in before]
    assert [each.record for each in again] == [each.record for each in before]
    assert {each.content for each in world.held(FIN, Report)} == set(told)


@pytest.mark.parametrize("form", FORMATS)
async def test_the_days_of_a_pattern_go_out_and_come_in(
    world: World, form: Format
) -> None:
    document = (
        b"nation,name,type,since,posture,windows,present,every_days,as_of,valid_until\n"
        b"POL,Rare,company,2026-01-01,periodic,4,2027-01-04/2027-02-01; "
        b"2027-02-08/2027-02-15,91,2026-11-01,2027-11-01\n"
    )
    await record_all(world.register, POL, world.act(POL), read_units(document, "csv"))
    (told,) = world.held(POL, Report)
    units = world.held(POL, Unit)

    written = write_units(units, {told.content.unit: (told,)}, form)
    _, again = read_units(written, form)

    assert again.content == told.content
    assert len(told.content.present) == 2
    assert told.content.every_days == 91


def test_days_of_a_pattern_that_are_none_are_named_by_their_row() -> None:
    document = (
        b"nation,name,type,since,posture,windows,present,as_of,valid_until\n"
        b"POL,Rare,company,2026-01-01,periodic,4,spring,2026-11-01,2027-11-01\n"
    )

    with pytest.raises(InvalidInputError, match="row 1: present: 'spring'; write it"):
        read_units(document, "csv")


@pytest.mark.parametrize("form", FORMATS)
async def test_commitments_go_out_and_come_in(world: World, form: Format) -> None:
    document = (
        b"title,location,needs,since,deadline_h,label\n"
        b"-48 hours,North,company:4;ship:0.5,2026-12-01,48,NATO RESTRICTED\n"
    )
    sent = read_commitments(document, "csv")
    await record_all(world.register, POL, world.act(POL), sent)
    held = world.held(FIN, Commitment)

    found = read_commitments(write_commitments(held, form), form)

    assert [each.content for each in found] == [each.content for each in held]
    assert found[0].again == held[0].record
    assert held[0].content.title == "-48 hours"


def test_a_cell_that_begins_like_a_formula_is_written_as_text() -> None:
    document = b"title,location,needs,since\n=1+1,North,company:4,2026-12-01\n"
    (sent,) = read_commitments(document, "csv")
    assert isinstance(sent.content, Commitment)

    assert sent.content.title == "=1+1"


async def test_a_row_is_named_by_its_place_in_the_file_whatever_it_records(
    world: World,
) -> None:
    wrong = UNITS + b"\n" + b"XXX,Third,company,1,,,2026-01-01,,,,,,\n"
    sent = read_units(wrong, "csv")

    with pytest.raises(InvalidInputError, match="row 4: no nation 'XXX'"):
        await record_all(world.register, POL, world.act(POL), sent)


def test_a_row_with_more_cells_than_columns_is_named_and_empty_cells_are_not() -> None:
    document = b"nation,name,type,since\nPOL,A,x,2026-01-01,,\nPOL,B,x,2026-01-01,y\n"

    with pytest.raises(InvalidInputError, match=r"^row 2: 5 cells under 4 columns$"):
        read_units(document, "csv")


def test_an_object_without_anything_is_a_wrong_row() -> None:
    with pytest.raises(InvalidInputError, match="row 1: the row missing"):
        read_units(b"[{}]", "json")


def test_every_wrong_row_is_named_and_what_is_wrong_with_it() -> None:
    wrong = (
        UNITS
        + b"POL,Third,company,many,,,2026-01-01,,,,,,\n"
        + b"POL,Fourth,company,1,,,,,,,,,\n"
        + b"POL,Fifth,company,1,,,2026-01-01,asleep,,,,,\n"
        + b"POL,Sixth,company,1,,,2026-01-01,periodic,,,,,,,too long\n"
        + b"POL,Seventh,company,-2,,,2026-01-01,,,,,,\n"
    )

    with pytest.raises(InvalidInputError) as refusal:
        read_units(wrong, "csv")

    said = refusal.value.detail.split("; ")
    assert [each.split(":")[0] for each in said] == [
        "row 3", "row 4", "row 5", "row 6", "row 7",
    ]  # fmt: skip
    assert "`size`" in said[0]
    assert "`since`" in said[1]
    assert "`posture`" in said[2]


def test_needs_are_written_with_amounts() -> None:
    assert [(each.type, each.amount) for each in needs_of("a b:2; c:0.5;")] == [
        ("a b", 2), ("c", 0.5),
    ]  # fmt: skip
    for wrong in ("company", "company:", ":3", "company:0", "company:x"):
        with pytest.raises(InvalidInputError, match="write it as in company:4"):
            needs_of(wrong)


def test_absences_are_written_with_days_and_a_reason() -> None:
    refit, rest = absences_of(
        "2027-01-04/2027-02-01 refit in port; 2027-03-01/2027-04-01"
    )

    assert (str(refit.since), str(refit.until)) == ("2027-01-04", "2027-02-01")
    assert (refit.reason, rest.reason) == ("refit in port", "")
    for wrong in ("2027-01-04", "2027-01-04/soon", "refit"):
        with pytest.raises(InvalidInputError, match=r"away: .*write it as in"):
            absences_of(wrong)


@pytest.mark.parametrize("form", FORMATS)
async def test_absences_and_tonnes_go_out_and_come_in(
    world: World, form: Format
) -> None:
    document = (
        b"nation,name,type,since,away,tonnes,label\n"
        b"POL,First,company,2026-01-01,2027-01-04/2027-02-01 refit,12.5,"
        b"NATO RESTRICTED\n"
    )
    (before,) = await taken(world, document, "csv")

    (again,) = await taken(world, write_units([before], {}, form), form)

    assert again.content == before.content
    assert again.content.away[0].reason == "refit"
    assert again.content.tonnes == 12.5


@pytest.mark.parametrize("form", FORMATS)
async def test_routes_go_out_and_come_in(world: World, form: Format) -> None:
    document = (
        b"start,end,travel_h,loading_h,one_way,source,since,label\n"
        b"Gdansk,Tapa,20,6,true,movement table,2026-01-01,NATO RESTRICTED\n"
    )
    sent = read_routes(document, "csv")
    await record_all(world.register, POL, world.act(POL), sent)
    (held,) = world.held(FIN, Route)

    (found,) = read_routes(write_routes([held], form), form)

    assert (found.content, found.again) == (held.content, held.record)
    assert (held.content.loading_h, held.content.one_way) == (6, True)


def test_a_route_without_a_source_is_refused_with_its_row() -> None:
    wrong = b"start,end,travel_h,since\nGdansk,Tapa,20,2026-01-01\n"

    with pytest.raises(InvalidInputError, match=r"row 1: .*`source`"):
        read_routes(wrong, "csv")
