"""Loads a configuration directory: everything validated and compiled, or every complaint at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge.config import crosschecks, dangers, files
from bridge.config.bridge_stanza import BridgeStanza
from bridge.config.conditions import expanded
from bridge.config.files import Files, Table
from bridge.config.parts import ROOMS, Common, Part, Written, part, written
from bridge.config.rule_files import RuleFiles
from bridge.config.secrets_in_files import literal_secrets
from bridge.config.stanzas import ChannelStanza, DeskStanza, InboxStanza
from bridge.config.validating import meant, validated
from bridge.core.authors import author_key
from bridge.core.complaint import Complaint
from bridge.core.policy import ChannelPolicy, Limits, Policy, Protection, Sampler
from bridge.core.rules import RuleSet, compile_rules

_PARTS = ("bridge.toml", "channels.d/", "desks.d/", "inboxes.d/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """Everything that is wrong with a configuration; nothing of it may be used."""

    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration that may be used, as one immutable value; a reload swaps it whole."""

    version: str
    """Short hash of all files."""
    bridge: BridgeStanza
    channels: Mapping[str, Part[ChannelStanza]]
    desks: Mapping[str, Part[DeskStanza]]
    inboxes: Mapping[str, Part[InboxStanza]]
    rules: RuleSet
    responses: Mapping[str, str]
    """Standard responses by name, `name.LANG` for translations."""
    templates: Mapping[str, str]
    """Operators' own lines in proxies, by desk or `all`, `.LANG` for translations."""
    protection: Protection
    """What no storm keeps waiting."""
    warnings: tuple[Complaint, ...]

    def policy(self, limits: Mapping[str, Limits]) -> Policy:
        """What the core needs of it; `limits` are what the built channels declare, by their names."""
        return Policy(
            desks={name: desk.common.policy(name, desk.habits) for name, desk in self.desks.items()},
            channels={name: _channel_policy(self.channels[name], given) for name, given in limits.items()},
            reply_domain=self.bridge.reply_domain,
            responses=self.responses,
            templates=self.templates,
            operator=self.bridge.operator or "",
            alert_desk=self.bridge.alerts.desk,
            protection=self.protection,
            automatic=self.bridge.auto_answers.policy(),
            sampler=self._sampler(),
        )

    def _sampler(self) -> Sampler | None:
        """Who looks at what was left alone; None where nobody shall."""
        sample = self.bridge.sample
        desk = sample.desk or self.bridge.alerts.desk or next(iter(self.desks), "")
        return Sampler(to=sample.to, desk=desk, posts=sample.posts) if sample.to and desk else None


def load(directory: Path, credentials: Path | None) -> Loaded | Complaints:
    """The configuration in a directory; secrets come from the credentials directory and from nowhere else."""
    given = files.read(directory)
    if not given.texts and given.complaints:
        return Complaints(complaints=given.complaints)
    return _Loading(files=given, credentials=credentials, complaints=list(given.complaints)).finish()


@dataclass(slots=True, kw_only=True)
class _Loading:
    """A configuration on its way from texts to values; complaints gather as it goes."""

    files: Files
    credentials: Path | None
    complaints: list[Complaint]
    tables: dict[str, Table] = field(default_factory=dict)

    def finish(self) -> Loaded | Complaints:
        """Everything, in the order in which one thing needs another."""
        self._parse()
        bridge = self._bridge()
        tables = self._written()
        names = {word: {given.name for given in tables if given.word == word} for word in ROOMS}
        channels = self._made((given for given in tables if given.word == "channel"), ChannelStanza)
        desks = self._made((given for given in tables if given.word == "desk"), DeskStanza)
        inboxes = self._made((given for given in tables if given.word == "inbox"), InboxStanza)
        self.complaints += crosschecks.missing_inboxes(desks, names["inbox"])
        self.complaints += crosschecks.strange_inboxes(desks, inboxes)
        self.complaints += crosschecks.missing_relief(inboxes, names["desk"])
        self.complaints += crosschecks.missing_weights(desks, names["channel"])
        self.complaints += crosschecks.missing_leads(desks)
        self.complaints += crosschecks.missing_alerts(bridge, names["desk"])
        self.complaints += crosschecks.wrong_templates(self.files.below("templates"), names["desk"])
        rules = self._rules(bridge.timezone if bridge else ZoneInfo("UTC"), names)
        routes = tuple(rules.routes)
        self.complaints += crosschecks.leaderless_routes(routes, desks)
        responses = _named(self.files, "responses", ".md")
        self.complaints += crosschecks.wrong_responses(routes, responses)
        protection = self._protection(bridge)
        self.complaints += dangers.refused(desks)
        self.complaints += self._literal_secrets()
        if self.complaints or bridge is None:
            return Complaints(complaints=tuple(sorted(dict.fromkeys(self.complaints))))
        return Loaded(
            version=self.files.version,
            bridge=bridge,
            channels=channels,
            desks=desks,
            inboxes=inboxes,
            rules=compile_rules(rules.rules, routes, rules.examples),
            responses=responses,
            protection=protection,
            templates=_named(self.files, "templates", ".txt"),
            warnings=tuple(dangers.warnings(bridge, desks, routes)),
        )

    def _parse(self) -> None:
        for name, text in self.files.texts.items():
            if name.endswith(".toml"):
                table = files.parsed(name, text)
                if isinstance(table, Complaint):
                    self.complaints.append(table)
                else:
                    self.tables[name] = table

    def _bridge(self) -> BridgeStanza | None:
        """The `[bridge]` table; a missing file is a complaint that says how to begin."""
        if "bridge.toml" not in self.tables:
            if "bridge.toml" not in self.files.texts:
                what = "is missing: copy the shipped example's, or write one with [bridge], reply_domain and reply_keys"
                self.complaints.append(Complaint(file="bridge.toml", key="", what=what))
            return None
        table = self.tables["bridge.toml"].get("bridge", {})
        found = validated(BridgeStanza, table, file="bridge.toml", key="bridge", credentials=self.credentials)
        if isinstance(found, tuple):
            self.complaints += found
            return None
        return found

    def _written(self) -> list[Written]:
        """The tables of channels, desks and inboxes of all files; repeated names are complaints."""
        found: dict[str, Written] = {}
        for name, table in self.tables.items():
            if not name.startswith(_PARTS):
                continue
            for given in written(name, table):
                if isinstance(given, Complaint):
                    self.complaints.append(given)
                elif given.key in found:
                    what = f"the name is taken by another one in {found[given.key].file}: give each its own"
                    self.complaints.append(Complaint(file=name, key=given.key, what=what))
                else:
                    found[given.key] = given
        return list(found.values())

    def _protection(self, bridge: BridgeStanza | None) -> Protection:
        """What no storm keeps waiting, with the authors of list files."""
        if bridge is None:
            return Protection()
        lists = self.files.below("lists")
        authors, missing = expanded(bridge.storms.protect_authors, lists)
        known = [name.removeprefix("lists/") for name in lists]
        for path in missing:
            what = f"there is no file {path}{meant(path.removeprefix('lists/'), known)}"
            self.complaints.append(Complaint(file="bridge.toml", key="bridge.storms.protect_authors", what=what))
        return Protection(
            tags=frozenset(bridge.storms.protect_tags),
            authors=frozenset(map(author_key, authors)),
            labels=bridge.storms.protect_labels,
        )

    def _literal_secrets(self) -> list[Complaint]:
        """Secrets in files, where no other complaint is about the same key."""
        told = {(complaint.file, complaint.key) for complaint in self.complaints}
        tables = ((name, table) for name, table in self.tables.items() if name.startswith(_PARTS))
        found = (complaint for name, table in tables for complaint in literal_secrets(table, file=name))
        return [complaint for complaint in found if (complaint.file, complaint.key) not in told]

    def _made(self, tables: Iterable[Written], common: type[Common]) -> dict[str, Part[Common]]:
        made = {}
        for given in tables:
            found = part(given, common, self.credentials)
            if isinstance(found, Part):
                made[given.name] = found
            else:
                self.complaints += found
        return made

    def _rules(self, zone: ZoneInfo, names: Mapping[str, set[str]]) -> RuleFiles:
        """The rules, routes and tests of all rule files; what they name must exist."""
        found = RuleFiles(lists=self.files.below("lists"), zone=zone, complaints=self.complaints)
        for name, table in self.tables.items():
            if name.startswith("rules.d/"):
                found.add(name, table)
        self.complaints += crosschecks.missing_names(
            found.rules, found.routes, desks=names["desk"], channels=names["channel"]
        )
        return found


def _named(given: Files, folder: str, ending: str) -> dict[str, str]:
    """The texts of a folder by their files' names, small letters, without the ending."""
    texts = given.below(folder)
    return {name.removeprefix(f"{folder}/").removesuffix(ending).lower(): text.strip() for name, text in texts.items()}


def _channel_policy(channel: Part[ChannelStanza], limits: Limits) -> ChannelPolicy:
    common = channel.common
    return ChannelPolicy(
        name=channel.name,
        platform=common.platform or common.kind.rpartition(".")[2].capitalize(),
        limits=limits,
        kind=common.kind,
        own=frozenset(common.own),
        brand=common.brand,
        all_per_minute=common.all_per_minute,
    )
