"""A demo hub that is made once and copied for every test."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from foedus import app
from foedus.hub import Hub
from foedus.identity.secret import Secret
from foedus.processes import demo
from foedus.processes.demo_pack import load_demo_pack


@dataclass(frozen=True, kw_only=True)
class Mould:
    """A data folder to be copied, and the passwords of its accounts."""

    folder: Path
    passwords: dict[str, str]


def make_mould(folder: Path) -> Mould:
    """Found a demo hub and tell its first stories."""

    async def make() -> dict[str, str]:
        hub = await app.create(folder, load_demo_pack(), environment={})
        prepared = await demo.prepare(hub)
        app.close_hub(hub)
        return {
            account.name: _revealed(account.password) for account in prepared.accounts
        }

    return Mould(folder=folder, passwords=asyncio.run(make()))


def copy_hub(mould: Mould, folder: Path) -> Hub:
    """Open a copy of the demo hub."""
    shutil.copytree(mould.folder, folder)
    return app.open_hub(folder, environment={})


def _revealed(password: Secret | None) -> str:
    assert password is not None, "the accounts were opened just now"
    return password.reveal()
