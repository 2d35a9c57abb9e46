"""Whether addresses answer: against real HTTPS servers on this machine, which one test hook permits and no setting."""

import datetime as dt
import http.server
import queue
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from pagerworthy.catalog import load
from pagerworthy.collect import Deadline, SourceError, Surroundings, gather
from pagerworthy.collect.links import open_collector
from pagerworthy.collect.links.asker import SIZE, Asker, Limits, Seen
from pagerworthy.collect.links.collector import LinksCollector
from pagerworthy.collect.links.guarded import Guarded
from pagerworthy.collect.links.keeping import ASKED, Keeping
from pagerworthy.collect.links.places import Allowed
from pagerworthy.collect.replay import RecordingWire, ReplayingWire
from pagerworthy.collect.surroundings import Wire
from pagerworthy.collect.transport import Answer, Bounds, Request, Take
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings, LinksSettings
from tests.collect.https import Authority
from tests.collect.server import FAULTS, Asked, Reply, Server, serving
from tests.collect.world import said
from tests.evidence.world import AS_OF, service, start

HOST = "links.example.com"
QUICK = Limits(connect=2, read=0.5, address=2)
PATIENT = Limits(connect=10, read=10, address=30)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


class Site:
    """A server that is called `HOST`, and what may be asked there."""

    def __init__(self, server: Server, context: ssl.SSLContext) -> None:
        self.server = server
        self.guarded = Guarded(
            permitted=frozenset({("127.0.0.1", server.port)}),
            resolver=lambda *_: ["127.0.0.1"],
            context=context,
        )
        self.allowed = Allowed([f"{HOST}:{server.port}"], http=False)

    def url(self, path: str) -> str:
        return f"https://{HOST}:{self.server.port}{path}"

    def look(self, *paths: str, text: bool = False, limits: Limits = PATIENT, seconds: float = 60) -> list[Seen]:
        asker = Asker(self.allowed, self.guarded, Deadline(seconds), limits)
        return list(asker.look({self.url(path): text for path in paths}).values())


@pytest.fixture
def site(authority: Authority) -> Iterator[Callable[..., Site]]:
    """Makes one site, which answers as the test says."""
    with serving(lambda _: Reply(), authority.serving(HOST)) as server:

        def make(answering: Callable[[Asked], Reply] = lambda _: Reply()) -> Site:
            server.answering = answering
            return Site(server, authority.trusting())

        yield make


@pytest.mark.parametrize("status", [200, 204])
def test_what_answers_is_there(site: Callable[..., Site], status: int) -> None:
    found = site(lambda _: Reply(status))
    (seen,) = found.look("/d/one?orgId=1&from=now-1h")
    assert seen.there
    (asked,) = found.server.asked
    assert (asked.method, asked.path, asked.query) == ("HEAD", "/d/one", {"orgId": "1", "from": "now-1h"})
    assert asked.headers["host"] == f"{HOST}:{found.server.port}"
    assert asked.headers["accept-encoding"] == "identity"
    assert "cookie" not in asked.headers


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_surely_not(site: Callable[..., Site], status: int) -> None:
    found = site(lambda _: Reply(status))
    assert found.look("/gone") == [Seen()]
    assert [each.method for each in found.server.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [400, 401, 403, 405, 407, 418, 429, 500, 502, 503, 304, 300])
def test_anything_else_is_not_known(site: Callable[..., Site], status: int) -> None:
    (seen,) = site(lambda _: Reply(status)).look("/x")
    assert not seen.there
    assert str(status) in seen.unknown


@pytest.mark.parametrize("status", [405, 501, 404, 403, 500])
def test_a_server_that_does_not_like_head_is_asked_again(site: Callable[..., Site], status: int) -> None:
    (seen,) = site(lambda asked: Reply(status if asked.method == "HEAD" else 200)).look("/x")
    assert seen.there


@pytest.mark.parametrize("name", ["github.com", "gist.github.com", "gitlab.com"])
def test_who_is_not_signed_in_does_not_know_what_is_private(name: str) -> None:
    class Discreet:
        def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
            return Answer(404, {}, b"")

    asker = Asker(Allowed([name], http=False), Discreet(), Deadline(5), QUICK)
    (seen,) = asker.look({f"https://{name}/ours/secret": False}).values()
    assert "not for everybody to see" in seen.unknown


def test_redirects_are_followed_within_the_hosts(site: Callable[..., Site]) -> None:
    def hop(asked: Asked) -> Reply:
        left = int(asked.path.rpartition("/")[2])
        return Reply(302, b"", {"Location": f"/hop/{left - 1}"}) if left else Reply()

    found = site(hop)
    five, six = found.look("/hop/5", "/hop/6")
    assert five.there
    assert six.unknown == "it sends on more than 5 times"


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("https://elsewhere.example.com/", "not in hosts"),
        (f"https://{HOST}/", "not in hosts"),
        (f"http://{HOST}/", "no http = true"),
        ("http://127.0.0.1/", "a number"),
        ("//127.0.0.1/", "a number"),
        ("https://[::1]/", "plain name"),
        ("https://[::1/", "no address"),
        ("/login?next=%2Fx", "sign in"),
        ("/users/sign_in", "sign in"),
        ("/", "front page"),
    ],
)
def test_redirects_that_say_nothing(site: Callable[..., Site], location: str, why: str) -> None:
    found = site(lambda asked: Reply(302, b"", {"Location": location}) if asked.path == "/x" else Reply())
    (seen,) = found.look("/x")
    assert not seen.there
    assert why in seen.unknown
    assert {each.path for each in found.server.asked} <= {"/x", location.partition("?")[0]}


@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - {"nonsense", "wrong_shape", "flood", "elsewhere"}))
def test_a_server_that_does_wrong_is_not_known_and_not_waited_for(site: Callable[..., Site], fault: str) -> None:
    found = site()
    found.server.fault = FAULTS[fault]
    started = time.monotonic()
    (seen,) = found.look("/x", text=True, limits=QUICK)
    assert time.monotonic() - started < 15
    assert not seen.there
    assert seen.unknown


def test_of_what_is_huge_only_the_beginning_is_read(site: Callable[..., Site]) -> None:
    found = site()
    found.server.fault = FAULTS["flood"]
    (seen,) = found.look("/x", text=True)
    assert seen.there
    assert seen.text == ""
    whole = site(lambda _: Reply(200, b"x" * SIZE, {"Content-Type": "text/markdown"}))
    whole.server.fault = None
    (seen,) = whole.look("/x", text=True)
    assert (seen.text, "too long" in seen.unread) == ("", True)


def endless_head(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Sends the head of its answer byte by byte."""
    try:
        while True:
            handler.wfile.write(b"H")
            time.sleep(0.02)
    except OSError:
        handler.close_connection = True


def test_a_head_that_drips_is_cut_off(site: Callable[..., Site]) -> None:
    found = site()
    found.server.fault = endless_head
    started = time.monotonic()
    (seen,) = found.look("/x", limits=QUICK)
    assert time.monotonic() - started < 15
    assert seen.unknown


@pytest.mark.parametrize(
    ("host", "days", "why"),
    [(HOST, -1, "certificate has expired"), ("other.example.com", 2, "ostname mismatch"), (HOST, 2, "")],
)
def test_certificates_are_checked(authority: Authority, host: str, days: int, why: str) -> None:
    with serving(lambda _: Reply(), authority.serving(host, days=days)) as server:
        (seen,) = Site(server, authority.trusting()).look("/x")
        assert seen.there is (not why)
        assert why in seen.unknown
        assert bool(server.asked) is (not why)
        (stranger,) = Site(server, ssl.create_default_context()).look("/x")
    assert "certificate is refused" in stranger.unknown


def test_what_speaks_no_tls_is_not_known(authority: Authority) -> None:
    with serving(lambda _: Reply()) as server:
        (seen,) = Site(server, authority.trusting()).look("/x", limits=QUICK)
    assert seen.unknown


def test_http_is_asked_only_where_the_settings_say_so() -> None:
    with serving(lambda _: Reply()) as server:
        permitted = frozenset({("127.0.0.1", server.port)})
        guarded = Guarded(permitted=permitted, resolver=lambda *_: ["127.0.0.1"])
        url = f"http://{HOST}:{server.port}/"
        for http, there in ((False, False), (True, True)):
            asker = Asker(Allowed([f"{HOST}:{server.port}"], http=http), guarded, Deadline(30), PATIENT)
            (seen,) = asker.look({url: False}).values()
            assert seen.there is there
        assert len(server.asked) == 1


class Counting:
    """Counts how many requests a host has at a time, and how many there are at all."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now: dict[str, int] = {}
        self.most_at_one = self.most = self.total = 0
        self.together = threading.Barrier(4)

    @contextmanager
    def at(self, host: str) -> Iterator[None]:
        with self.lock:
            self.now[host] = self.now.get(host, 0) + 1
            self.total += 1
            self.most_at_one = max(self.most_at_one, self.now[host])
            self.most = max(self.most, sum(self.now.values()))
        yield
        with self.lock:
            self.now[host] -= 1

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        host = request.url.split("/")[2]
        with self.at(host):
            if request.url.endswith("/0"):
                # Passes only once four hosts are asked at a time.
                self.together.wait(30)
            time.sleep(0.001)
            return Answer(302, {"location": "https://d.example.com/end"}, b"") if "/on" in request.url else _FINE


_FINE = Answer(200, {}, b"")


def test_a_host_has_one_request_at_a_time_and_several_hosts_are_asked_at_once() -> None:
    counting = Counting()
    asker = Asker(Allowed([".example.com"], http=False), counting, Deadline(60), PATIENT)
    urls = [f"https://{host}.example.com/{number}" for host in "abcd" for number in range(8)]
    urls += [f"https://{host}.example.com/on/{number}" for host in "abc" for number in range(1, 8)]
    seen = asker.look(dict.fromkeys(urls, False))
    assert all(each.there for each in seen.values())
    assert counting.most_at_one == 1
    assert counting.most >= 4
    assert counting.total == len(urls) + 21


def test_whoever_waits_too_long_for_a_host_asks_nothing_and_stops_nobody() -> None:
    class Hasty(Deadline):
        """Gives up after a moment, while the clock says that there is time left."""

        def demand(self) -> float:
            return 0.05

        def part(self, seconds: float) -> "Hasty":
            return self

    begun = threading.Event()

    def send(request: Request, *_: object) -> Answer:
        if "//two." in request.url:
            assert begun.wait(20)
            return Answer(302, {"location": "https://one.example.com/last"}, b"")
        begun.set()
        time.sleep(0.5)
        return _FINE

    carrier = SimpleNamespace(send=send)
    asker = Asker(Allowed([".example.com"], http=False), carrier, Hasty(30), PATIENT)
    ours = dict.fromkeys(["https://one.example.com/first", "https://two.example.com/"], False)
    work: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[str, Seen]] = queue.SimpleQueue()
    for url in ours:
        work.put([url])
    threads = [threading.Thread(target=asker._work, args=(work, done, ours)) for _ in ours]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    seen = dict(done.get_nowait() for _ in ours)
    assert "busy" in seen["https://two.example.com/"].unknown
    assert seen["https://one.example.com/first"].there


def test_what_is_not_asked_in_time_says_so(site: Callable[..., Site]) -> None:
    found = site()
    found.server.fault = FAULTS["hang"]
    started = time.monotonic()
    seen = found.look(*(f"/{number}" for number in range(20)), seconds=1)
    assert time.monotonic() - started < 15
    assert len(seen) == 20
    assert all(each.unknown for each in seen)


@pytest.mark.parametrize(
    "hosts",
    [["*"], ["*.example.com"], [""], ["."], [".com"], ["127.0.0.1"], ["[::1]"], ["https://a.example"], ["0x7f"]],
)
def test_hosts_that_are_none_are_refused(hosts: list[str]) -> None:
    with pytest.raises(SourceError, match="hosts has"):
        Allowed(hosts, http=False)


@pytest.mark.parametrize(
    ("hosts", "url", "fine"),
    [
        (["a.example.com"], "https://a.example.com/", True),
        (["a.example.com"], "https://A.Example.COM/", True),
        (["a.example.com"], "https://a.example.com:443/", True),
        (["a.example.com"], "https://a.example.com:8443/", False),
        (["a.example.com:8443"], "https://a.example.com:8443/", True),
        (["a.example.com:8443"], "https://a.example.com/", False),
        (["a.example.com:443"], "https://a.example.com/", True),
        (["a.example.com"], "https://b.a.example.com/", False),
        ([".example.com"], "https://b.a.example.com/", True),
        ([".example.com"], "https://example.com/", False),
        ([".example.com"], "https://evilexample.com/", False),
        ([".example.com"], "https://example.com.evil.org/", False),
        (["a.example.com"], "https://a.example.com./", False),
    ],
)
def test_which_hosts_are_meant(hosts: list[str], url: str, *, fine: bool) -> None:
    allowed = Allowed(hosts, http=False)
    if fine:
        assert allowed.place(url).host in url.lower()
    else:
        with pytest.raises(SourceError, match="not asked"):
            allowed.place(url)


_RUNBOOK = b"# One\n## Symptoms\nMany.\n## Mitigate\nRestart.\n"


def _entries(root: Path, base: str) -> None:
    service(
        root,
        "checkout",
        f"  design: {{url: '{base}/design'}}\n"
        f"  monitoring: {{dashboards: [{{title: One, url: '{base}/one'}}, {{title: Gone, url: '{base}/gone'}}]}}\n"
        f"  runbooks: [{{title: There, url: '{base}/runbook.md'}}, {{title: File, path: catalog/runbooks/x.md}}]\n",
    )
    service(root, "pay", f"  monitoring: {{dashboards: [{{title: One, url: '{base}/one'}}]}}\n")
    service(root, "cart", "  monitoring: {dashboards: [{title: One, url: 'https://other.example/1'}]}\n")


def _answer(asked: Asked) -> Reply:
    if asked.path == "/runbook.md":
        return Reply(200, _RUNBOOK, {"Content-Type": "text/markdown; charset=utf-8"})
    return Reply(404 if asked.path == "/gone" else 200)


def _collected(root: Path, collector: LinksCollector) -> tuple[Record, ...]:
    settings = CollectSettings(runbook_sections=("Symptoms", "Escalate"))
    (found,) = gather([collector], Context(load(root).catalog, root, AS_OF, settings), Deadline(60))
    assert not found.failed
    return found.records


def _of(records: tuple[Record, ...], subject: str, key: str, item: str) -> object:
    return said(tuple(each for each in records if each.item == item), subject, key)


def test_what_entries_name(site: Callable[..., Site], tmp_path: Path) -> None:
    found = site(_answer)
    root = start(tmp_path / "root")
    base = found.url("")
    _entries(root, base)
    asker = Asker(found.allowed, found.guarded, Deadline(60), PATIENT)
    records = _collected(root, LinksCollector(asker))
    assert _of(records, "checkout", "links.dashboard", f"{base}/one") == {"active": True}
    assert _of(records, "pay", "links.dashboard", f"{base}/one") == {"active": True}
    assert _of(records, "checkout", "links.dashboard", f"{base}/gone") == {"active": False}
    assert _of(records, "checkout", "files.design", "") == {"exists": True, "missing": []}
    runbook = _of(records, "checkout", "files.runbook", f"{base}/runbook.md")
    assert runbook == {"exists": True, "missing": ["Escalate"]}
    assert "not in hosts" in str(_of(records, "cart", "links.dashboard", "https://other.example/1"))
    assert not [each for each in records if each.item == "catalog/runbooks/x.md"]
    # What several services name is asked once.
    assert [each.path for each in found.server.asked].count("/one") == 1


def test_a_source_that_crashes_leaves_files_to_the_other_collector(tmp_path: Path) -> None:
    root = start(tmp_path / "root")
    _entries(root, "https://a.example.com")

    class Broken(Asker):
        def look(self, addresses: object) -> dict[str, Seen]:
            raise ZeroDivisionError

    broken = Broken(Allowed([], http=False), Guarded(), Deadline(5), QUICK)
    context = Context(load(root).catalog, root, AS_OF, CollectSettings())
    (found,) = gather([LinksCollector(broken)], context, Deadline(30))
    assert found.failed
    named = {(each.subject, each.key, each.item) for each in found.records}
    assert ("checkout", "files.runbook", "https://a.example.com/runbook.md") in named
    assert ("checkout", "files.runbook", "catalog/runbooks/x.md") not in named
    assert ("pay", "files.design", "") not in named
    assert ("pay", "links.dashboard", "https://a.example.com/one") in named


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


class Scripted:
    """Answers in turn, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked: list[Request] = []

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        self.asked.append(request)
        return self._answers.pop(0)


def _ask(transport: Keeping, url: str = "https://a.example.com/x") -> Answer:
    return transport.send(Request("GET", url), Bounds(1, 1, 1), Deadline(5))


@pytest.mark.usefixtures("own_cache")
def test_a_good_answer_is_kept_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Scripted(Answer(200, {"etag": '"v1"'}, b"one"), Answer(304, {}, b""), Answer(200, {}, b"two"))
    keeping = Keeping(first)
    assert _ask(keeping).body == b"one"
    assert _ask(Keeping(first)).body == b"one"
    assert len(first.asked) == 1
    now = dt.datetime.now(dt.UTC)

    class Later(dt.datetime):
        days = 2

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> "Later":
            return cls.fromtimestamp((now + dt.timedelta(days=cls.days)).timestamp(), tz)

    monkeypatch.setattr("pagerworthy.collect.links.keeping.dt.datetime", Later)
    again = _ask(keeping)
    assert again.body == b"one"
    assert first.asked[1].headers["If-None-Match"] == '"v1"'
    assert _ask(keeping).headers[ASKED] > (now + dt.timedelta(days=1)).isoformat()
    assert len(first.asked) == 2
    Later.days = 4
    assert _ask(keeping).body == b"two"


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize("status", [404, 401, 500, 429])
def test_what_is_wrong_is_asked_anew(status: int) -> None:
    scripted = Scripted(Answer(status, {}, b""), Answer(200, {}, b""))
    keeping = Keeping(scripted)
    assert [_ask(keeping).status, _ask(keeping).status] == [status, 200]


@pytest.mark.usefixtures("own_cache")
def test_a_record_says_when_it_was_seen(tmp_path: Path) -> None:
    root = start(tmp_path / "root")
    _entries(root, "https://a.example.com")
    before = AS_OF - dt.timedelta(hours=3)
    answer = Answer(200, {ASKED: before.isoformat()}, b"")

    class Kept:
        def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
            return answer

    asker = Asker(Allowed(["a.example.com"], http=False), Kept(), Deadline(30), PATIENT)
    records = _collected(root, LinksCollector(asker))
    times = {each.time for each in records if each.key == "links.dashboard" and not each.failed}
    assert times == {before}


def test_a_recording_is_asked_and_not_the_network(
    site: Callable[..., Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = site(_answer)
    root = start(tmp_path / "root")
    _entries(root, found.url(""))
    settings = CollectSettings(links=LinksSettings(hosts=(f"{HOST}:{found.server.port}",)))

    def run(wire: Wire) -> tuple[Record, ...]:
        collector = open_collector(Surroundings(root, settings, {}, Deadline(60), wire))
        assert isinstance(collector, LinksCollector)
        return _collected(root, collector)

    monkeypatch.setattr("pagerworthy.collect.links.collector._live", lambda: found.guarded)
    live = run(RecordingWire(tmp_path / "recorded", AS_OF))
    asked = len(found.server.asked)
    monkeypatch.undo()
    assert run(ReplayingWire(tmp_path / "recorded")) == live
    assert len(found.server.asked) == asked


def test_without_hosts_nothing_is_set_up(tmp_path: Path) -> None:
    assert open_collector(Surroundings(tmp_path, CollectSettings(), {}, Deadline(5), Wire())) is None
