"""Codebases, revisions and saved inventories made into analyses, many with one command line."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from portgauge import __version__
from portgauge.cli import scan
from portgauge.cli._clock import analysis_time
from portgauge.cli._component_map import read_component_map
from portgauge.discovery.revisions import Repository
from portgauge.discovery.tree import SourceTree
from portgauge.discovery.words import DiscoveryWords, discovery_words
from portgauge.judging.alike import judged_parts
from portgauge.judging.judge import Judge
from portgauge.matchers.files import read_candidates
from portgauge.matchers.kept import KeptFacts
from portgauge.matchers.workers import WorkerPool
from portgauge.model.analysis import Analysis, Inventory, Settings
from portgauge.model.rule import Mode
from portgauge.pipeline import (
    default_worker_count,
    facts_folder,
    inventory_of,
    judge_inventory,
    take_inventory,
)
from portgauge.resources import rules_folder
from portgauge.rulebook.artifact import load_cached
from portgauge.rulebook.rulebook import Rulebook


class Scanner:
    """Makes analyses with the options of one command line; what was read once is not read again."""

    def __init__(self, options: dict[str, Any], *, like: Settings | None = None) -> None:
        """Load the rulebook and settle the settings.

        Args:
            options: Those of a scan.
            like: Settings that hold where the user gives none.

        Raises:
            UserError: If an option is wrong.
        """
        self._options = options
        self._folder = rules_folder()
        self._component_map = read_component_map(options["component_map"]) if options["component_map"] else ()
        self.rulebook: Rulebook = load_cached(self._folder, tool_version=__version__, own=options["own_rules"])
        self.settings = self._settings(like)
        self._before: tuple[object, Analysis] | None = None
        for target in self.settings.targets:
            self.rulebook.targets.find(target)

    def _settings(self, like: Settings | None) -> Settings:
        targets = self.rulebook.targets
        asked: Settings = scan._settings(self._options, targets.default_targets, targets.default_rocm, Mode)
        if like is None:
            return asked
        given = {name: getattr(asked, name) for name in asked.given}
        return replace(like, **given, given=tuple(dict.fromkeys((*like.given, *given))), command=asked.command)

    @cached_property
    def words(self) -> DiscoveryWords:
        """The word lists of discovery."""
        return discovery_words(self.rulebook.discovery)

    @cached_property
    def kept(self) -> KeptFacts:
        """What was read before, in this run and, unless the user wants none of it, in earlier ones."""
        return KeptFacts(self.rulebook, folder=None if self._options["no_cache"] else facts_folder())

    def repository(self, path: Path) -> Repository:
        """Return the repository that holds a path.

        Raises:
            UserError: If there is none.
        """
        return Repository(
            path,
            words=self.words,
            exclude=self._options["exclude"],
            include_vendored=self.settings.include_vendored,
        )

    def read_folder(self, path: Path) -> Inventory:
        """Return the inventory of a folder."""
        return take_inventory(
            path,
            rulebook=self.rulebook,
            rules_path=self._folder,
            own_rules=self._options["own_rules"],
            exclude=self._options["exclude"],
            include_vendored=self.settings.include_vendored,
            component_map=self._component_map,
            worker_count=self._options["jobs"] or 0,
            kept=self.kept,
        )

    def read_tree(self, tree: SourceTree) -> Inventory:
        """Return the inventory of files that are found already."""
        return inventory_of(
            tree,
            rulebook=self.rulebook,
            rules_path=self._folder,
            own_rules=self._options["own_rules"],
            component_map=self._component_map,
            worker_count=self._options["jobs"] or 0,
            kept=self.kept,
        )

    def read_ahead(self, trees: Iterable[SourceTree]) -> None:
        """Read every distinct content of many trees at once, so that workers start once and all are busy."""
        distinct = {
            (candidate.blob, candidate.language, candidate.path.suffix): candidate
            for tree in trees
            for candidate in tree.candidates
        }
        read_candidates(distinct.values(), pool=self._pool(), kept=self.kept)

    def _pool(self) -> WorkerPool:
        return WorkerPool(
            rules_folder=self._folder,
            own_rules=self._options["own_rules"],
            tool_version=__version__,
            worker_count=self._options["jobs"] or default_worker_count(),
        )

    def judge_for_curve(self, inventory: Inventory) -> Analysis:
        """Return an inventory judged as one point of many: only the way of working that was asked for is priced.

        What is alike in all that judging reads is not judged again.
        """
        parts = judged_parts(inventory)
        if self._before is not None and self._before[0] == parts:
            return replace(self._before[1], inventory=inventory)
        analysis = judge_inventory(
            inventory,
            rulebook=self.rulebook,
            settings=self.settings,
            analysed_at=analysis_time(),
            modes=(self.settings.mode,),
            judge=self._judge,
        )
        self._before = (parts, analysis)
        return analysis

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self.rulebook, rocm_version=self.settings.rocm_version)

    def judge(self, inventory: Inventory, *, settings: Settings | None = None) -> Analysis:
        """Return an inventory judged with the present rulebook."""
        return judge_inventory(
            inventory, rulebook=self.rulebook, settings=settings or self.settings, analysed_at=analysis_time()
        )
