"""What changes if a nation joins or deepens its ties: a dossier for one reader.

- Everything is worked out twice by the same means, of the alliance without the change
  and with it; draws are shared by both runs.
- There is no verdict and no score. Each part says what it rests on and how sure it is;
  what is not known is said to be not known.
- It tells one reader what that reader may see, and is labelled at least as high as all
  that it rests on. What nations would have to show first is withheld, not guessed.
- It follows from the log, the day that is asked about and the reader, and from nothing
  else: made again as of the same position it is the same, byte for byte.

Source: reference planning.md, section 2.2.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import msgspec

from foedus import __version__
from foedus.alliance.citing import Citation
from foedus.guidance.glossary import MistakeSheet
from foedus.ids import NationCode
from foedus.intel.openings import Change, Group, given_to, opened
from foedus.intel.reading import Snapshot
from foedus.planning.cases import Asked, Case, open_case
from foedus.planning.dossier_borders import DRAWS, SEED, BorderChange, border_change
from foedus.planning.dossier_burden import EditionChange, burden_changes
from foedus.planning.dossier_coverage import DRAWS as DRAWS_OF_UNITS
from foedus.planning.dossier_coverage import CoverageChange, Pair, pair_of
from foedus.planning.dossier_measures import MeasuresChange, measures_change
from foedus.planning.dossier_orders import Orders, OrdersDraft, orders_of
from foedus.planning.dossier_precedents import Precedents, precedents
from foedus.planning.dossier_readiness import Evidence, evidence
from foedus.planning.dossier_risks import Parts, Risk, mistakes, risks
from foedus.planning.dossier_standing import (
    StandingChange,
    labels_of,
    standing_change,
)
from foedus.planning.targets import Target
from foedus.releasability.join import FixedLabel, join_all, public
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer

FORMAT: Final = "foedus-assessment/1"
"""What a dossier says that it is; another shape has another number."""


class Intelligence(msgspec.Struct, frozen=True, kw_only=True):
    """What would become releasable, of what the reader sees.

    Attributes:
        objects: how many objects the reader sees.
        groups: these by label, and by how they would stand to the nation.
    """

    objects: int
    groups: tuple[Group, ...]


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """How the dossier was made.

    Attributes:
        version: of Foedus.
        seed: of the draws.
        draws: of lengths of borders.
        draws_of_units: of what units have there.
        basis: how many of the cited records are of each basis.
        source: everything that is cited, once.
        digest: SHA-256 of everything that is told, in hexadecimal.
    """

    version: str
    seed: int
    draws: int
    draws_of_units: int
    basis: dict[str, int]
    source: tuple[Citation, ...]
    digest: str


_METHOD: Final = Method(
    version=__version__,
    seed=SEED,
    draws=DRAWS,
    draws_of_units=DRAWS_OF_UNITS,
    basis={},
    source=(),
    digest="",
)
"""What is the same of every dossier."""


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """What changes if a nation becomes what is asked about, for one reader.

    Attributes:
        together: every candidate, the nation itself first.
        reader: the nation whose reader it is for.
        label: the narrowest of all that it rests on.
        borders: null where the pack has no table of lengths.
        orders: what changes in both orders; null without further candidates.
    """

    format: str
    nation: NationCode
    name: str
    target: Target
    as_of: date
    together: tuple[NationCode, ...]
    reader: NationCode
    label: str
    standing: StandingChange
    borders: BorderChange | None
    measures: MeasuresChange
    coverage: CoverageChange
    readiness: Evidence
    intelligence: Intelligence
    burden: tuple[EditionChange, ...]
    precedents: Precedents
    risks: tuple[Risk, ...]
    mistakes: tuple[MistakeSheet, ...]
    method: Method
    orders: Orders | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier before anything was solved.

    Attributes:
        label: of the dossier, as it is fixed.
        pair: what is left to solve.
        orders: likewise, of both orders; null without further candidates.
    """

    case: Case
    parts: Parts
    label: FixedLabel
    pair: Pair
    orders: OrdersDraft | None


def draft(seen: Snapshot, viewer: Viewer, asked: Asked) -> Draft:
    """Work out everything but what needs a solver.

    Raises:
        NotFoundError: the alliance knows no such nation.
        InvalidInputError: there is no such status or framework; the detail lists what
            is possible.
        RuleViolationError: the nation has it already, or cannot; likewise.
        TooLargeError: there is too much for one plan.
    """
    case = open_case(seen, viewer, asked)
    pair = pair_of(case)
    parts, orders, labels = _parts(case, pair)
    label = join_all({public(), pair.prepared.label, *labels}, originator=viewer.nation)
    return Draft(case=case, parts=parts, label=label, pair=pair, orders=orders)


def finished(
    made: Draft, coverage: CoverageChange, orders: Orders | None = None
) -> Dossier:
    """Tell all of it, with what was solved."""
    case = made.case
    parts = msgspec.structs.replace(made.parts, coverage=coverage)
    return _sealed(
        Dossier(
            format=FORMAT,
            nation=case.nation,
            name=case.name,
            target=case.target,
            as_of=case.on,
            together=case.together,
            reader=case.viewer.nation,
            label=print_label(made.label.label, case.before),
            standing=parts.standing,
            borders=parts.borders,
            measures=parts.measures,
            coverage=coverage,
            readiness=parts.readiness,
            intelligence=Intelligence(
                objects=parts.intelligence.objects, groups=parts.intelligence.groups
            ),
            burden=parts.burden,
            precedents=parts.precedents,
            risks=risks(case, parts),
            mistakes=mistakes(case, parts),
            method=_METHOD,
            orders=orders,
        )
    )


def as_json(dossier: Dossier) -> bytes:
    """Write a dossier as JSON; equal dossiers, equal bytes."""
    return msgspec.json.format(msgspec.json.encode(dossier), indent=1) + b"\n"


def _parts(case: Case, pair: Pair) -> tuple[Parts, OrdersDraft | None, set[FixedLabel]]:
    standing = standing_change(case)
    measures, rated = measures_change(case)
    readiness, shown = evidence(case)
    given = given_to(case.seen, case.viewer, case.until_ms)
    change = Change(
        nation=case.nation, before=case.seen.access, after=case.access_after
    )
    intelligence = opened(case.seen, case.viewer, given, change)
    orders = orders_of(case, pair, readiness, given)
    parts = Parts(
        standing=standing,
        borders=border_change(case),
        measures=measures,
        coverage=pair.told,
        readiness=readiness,
        intelligence=intelligence,
        burden=burden_changes(case),
        precedents=precedents(case),
    )
    labels = {*labels_of(case, standing), *rated, *shown, *intelligence.labels}
    if orders is not None:
        labels |= orders.labels
    return parts, orders, labels


def _sealed(dossier: Dossier) -> Dossier:
    """Add to the method what is cited, and the digest of all that is told."""
    cited = list(_cited(dossier))
    source = {each.sid: each for _, listed in cited for each in listed}
    method = msgspec.structs.replace(
        dossier.method,
        basis=dict(sorted(Counter(basis for basis, _ in cited).items())),
        source=tuple(source[sid] for sid in sorted(source)),
    )
    told = msgspec.structs.replace(dossier, method=method)
    digest = hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()
    return msgspec.structs.replace(
        told, method=msgspec.structs.replace(method, digest=digest)
    )


def _cited(dossier: Dossier) -> Iterator[tuple[str, Iterable[Citation]]]:
    """List the records of the pack that are told, by basis, with their sources."""
    standing = dossier.standing
    borders = () if dossier.borders is None else (dossier.borders,)
    for each in (
        *(*standing.gained, *standing.ended, *standing.promises),
        *borders,
        *dossier.burden,
        *dossier.precedents.ways,
        *dossier.mistakes,
    ):
        yield each.basis.value, each.source
