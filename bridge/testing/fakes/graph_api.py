"""The paths of the Graph API that the bridge uses for Pages, over the state of a fake one."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bridge.testing.fakes.board import Draft, Item, Member
from bridge.testing.fakes.faults import Mode, Sort, failing
from bridge.testing.fakes.graph_refusals import MODES, error, gone, refused
from bridge.testing.fakes.graph_shapes import Shape, comment_shape, message_shape, picked, post_shape, talk_shape
from bridge.testing.fakes.graph_state import GraphState, conversation, number

MAX_COMMENT = 8_000
MAX_MESSAGE = 2_000
VERSIONS = frozenset({"v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"})
_COMMON = frozenset({"access_token", "appsecret_proof", "fields", "limit", "after"})


class GraphApi:
    """`/VERSION/NODE` and `/VERSION/NODE/EDGE`."""

    empty_pages = False
    """Put an empty page in front of every listing: only a missing `next` is the end."""

    def __init__(self, state: GraphState, *, token: str, app_id: str, app_secret: str) -> None:
        self.state = state
        self.app_id = app_id
        self.app_secret = app_secret
        self.token = token
        self.stranger: Member = state.brand
        self.told: dict[str, object] = {"expires_at": 0, "data_access_expires_at": 0, "is_valid": True}
        """What debug_token says besides."""
        self.scopes = [
            "pages_show_list",
            "pages_read_engagement",
            "pages_read_user_content",
            "pages_manage_engagement",
            "pages_messaging",
            "instagram_basic",
            "instagram_manage_comments",
            "instagram_manage_messages",
        ]
        self.headers: dict[str, str] = {"facebook-api-version": "v26.0"}
        """Sent with every answer."""
        self.errors: dict[Sort, tuple[int, dict[str, object]]] = {}
        """Statuses and errors to answer with, for what is said or for what is asked."""
        self.leaks: list[str] = []
        """Queries that held a token."""
        self.calls: list[str] = []
        """Methods and paths, in order."""

    def middlewares(self) -> Sequence[Middleware]:
        """What every request passes."""
        return [self._headers(), failing(self.state.faults, MODES, sort)]

    def _headers(self) -> Middleware:
        @web.middleware
        async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.calls.append(f"{request.method} {request.path}")
            planted = self.errors.get(Sort.SAY if sort(request) is Sort.SAY else Sort.LIST)
            if planted is not None:
                return web.json_response(planted[1], status=planted[0], headers=self.headers)
            try:
                response = await handler(request)
            except web.HTTPException as problem:
                problem.headers.update(self.headers)
                raise
            if not response.prepared:
                response.headers.update(self.headers)
            return response

        return answer

    def plant(self, kind: Sort, code: int, *, sub: int | None, status: int) -> None:
        """Answer with an error from now on."""
        self.errors[kind] = (status, error(code, "planted", sub=sub))

    def add_routes(self, app: web.Application) -> None:
        """Put the API into an application."""
        app.add_routes(
            [
                web.get("/{version}/debug_token", self.debug_token),
                web.get("/{version}/{node}", self.get_node),
                web.get("/{version}/{node}/{edge}", self.get_edge),
                web.post("/{version}/{node}/{edge}", self.post_edge),
            ]
        )

    async def debug_token(self, request: web.Request) -> web.Response:
        """What the token is, told to its app."""
        self._check_version(request)
        if _token_of(request, {}) != f"{self.app_id}|{self.app_secret}":
            raise refused(190, "Invalid OAuth access token signature")
        valid = request.query.get("input_token", "") == self.token
        told = {"app_id": self.app_id, "type": "PAGE", "scopes": self.scopes, **self.told}
        return web.json_response({"data": told if valid else {"is_valid": False}})

    async def get_node(self, request: web.Request) -> web.Response:
        """One object."""
        self._check(request, request.query)
        node, fields = request.match_info["node"], request.query.get("fields", "")
        return web.json_response(picked(fields, self.node(node)))

    def node(self, node: str) -> Shape:
        """An object with all its fields."""
        state = self.state
        if node in {"me", state.page}:
            me = self.stranger if state.faults.take(Mode.WRONG_ACCOUNT) else state.brand
            return {"id": number(me), "name": me.name}
        item = state.item(node)
        if item is None:
            raise gone(node)
        return post_shape(state, item) if item.id == item.topic else comment_shape(state, item)

    async def get_edge(self, request: web.Request) -> web.Response:
        """What is connected with an object."""
        node, edge, query = request.match_info["node"], request.match_info["edge"], request.query
        self._check(request, query, _EDGES.get(edge, frozenset()))
        return self._paged(request, self.edge(node, edge, query))

    def edge(self, node: str, edge: str, query: Mapping[str, str]) -> list[Shape]:
        """The objects of an edge, in the order in which they are listed."""
        match edge:
            case "feed" if node == self.state.page:
                return self._posts(query, [item for item in self.state.board.topics() if self._on_the_page(item)])
            case "tagged" if node == self.state.page:
                return self._posts(query, [i for i in self.state.board.topics() if i.id in self.state.elsewhere])
            case "ratings" if node == self.state.page:
                return [picked(query.get("fields", ""), rating) for rating in self.state.ratings]
            case "comments":
                return self._comments(node, query)
            case "conversations" if node == self.state.page:
                return self._conversations(query)
            case "messages":
                return self._messages(node, query)
            case _:
                raise refused(100, f"Tried accessing nonexisting field ({edge})")

    def _on_the_page(self, item: Item) -> bool:
        """The feed shows what tags the Page too, but nothing of Instagram."""
        return item.id not in self.state.media and item.id not in self.state.tagging

    def _posts(self, query: Mapping[str, str], items: Sequence[Item]) -> list[Shape]:
        """Posts in a ranked order: nearly the newest first, and never a promise."""
        shown = self.state.listed(items)[::-1]
        ranked = [shown[place ^ 1] if place ^ 1 < len(shown) else shown[place] for place in range(len(shown))]
        return [self._shaped(query, item, post_shape(self.state, item)) for item in ranked]

    def _comments(self, node: str, query: Mapping[str, str]) -> list[Shape]:
        """Comments below a post or a comment; answers to comments only where the whole stream is asked for."""
        top = self._standing(node)
        items = [item for item in self.state.comments(top) if self._below(item, top, query)]
        shown = self.state.listed(items)
        if query.get("order") == "reverse_chronological":
            shown = shown[::-1]
        return [self._shaped(query, item, comment_shape(self.state, item)) for item in shown]

    def _below(self, item: Item, top: Item, query: Mapping[str, str]) -> bool:
        above = self.state.top(item)
        if top.id != top.topic:
            return above is not None and above.id == top.id
        return query.get("filter") == "stream" or above is None

    def _shaped(self, query: Mapping[str, str], item: Item, shape: Shape) -> Shape:
        if item.id == self.state.newest_of_others() and self.state.faults.take(Mode.BROKEN_ITEM):
            return {"id": shape["id"], "created_time": shape["created_time"], "message": ["no", "text"], "from": 7}
        return picked(query.get("fields", ""), shape)

    def _conversations(self, query: Mapping[str, str]) -> list[Shape]:
        """Conversations, the last written to first."""
        talks = self.state.talks()
        if query.get("platform") not in {"messenger", "instagram"}:
            raise refused(100, "Invalid parameter: platform")
        if person := query.get("user_id"):
            talks = {name: items for name, items in talks.items() if name == f"t_{person}"}
        order = sorted(talks, key=lambda name: talks[name][-1].id, reverse=True)
        return [picked(query.get("fields", ""), talk_shape(self.state, name, talks[name])) for name in order]

    def _messages(self, node: str, query: Mapping[str, str]) -> list[Shape]:
        """The messages of a conversation, the newest first."""
        talk = self.state.talks().get(node)
        if talk is None:
            raise gone(node)
        return [picked(query.get("fields", ""), message_shape(self.state, item)) for item in talk[::-1]]

    def _paged(self, request: web.Request, shapes: list[Shape]) -> web.Response:
        """One page; the next one's address holds the token, as Meta's does."""
        limit = int(request.query.get("limit", "25"))
        if limit > 100:
            raise refused(100, "Param limit must be at most 100")
        after = request.query.get("after", "")
        start = int(after.removeprefix("p")) if after else -1 if self.empty_pages else 0
        page = shapes[max(start, 0) : start + limit] if start >= 0 else []
        end = max(start, 0) + len(page)
        if end >= len(shapes):
            return web.json_response({"data": page})
        cursors = {"before": f"p{start}", "after": f"p{end}"}
        following = f"https://graph.facebook.com{request.path}?access_token={self.token}&after=p{end}"
        return web.json_response({"data": page, "paging": {"cursors": cursors, "next": following}})

    async def post_edge(self, request: web.Request) -> web.Response:
        """Something is said, or a picture brought."""
        node, edge = request.match_info["node"], request.match_info["edge"]
        form = await request.post()
        words = {name: value for name, value in form.items() if isinstance(value, str)}
        self._check(request, {**request.query, **words}, _SAYS.get(edge, frozenset()))
        match edge:
            case "photos" if node == self.state.page:
                return self._photo(form.get("source"))
            case "comments":
                return web.json_response({"id": self._comment(node, words)})
            case "messages" if node == self.state.page:
                return web.json_response(self._message(words))
            case _:
                raise refused(100, f"Unsupported post request ({edge})")

    def _photo(self, source: object) -> web.Response:
        if not isinstance(source, web.FileField):
            raise refused(100, "Requires an image")
        name = str(7_000 + len(self.state.photos))
        self.state.photos[name] = source.file.read()
        return web.json_response({"id": name})

    def _comment(self, node: str, words: Mapping[str, str]) -> str:
        """An answer of the Page."""
        state, above = self.state, self._standing(node)
        text, picture = words.get("message", ""), words.get("attachment_id", "")
        if not text or len(text) > MAX_COMMENT or (picture and picture not in state.photos):
            raise refused(100, "Invalid parameter")
        draft = Draft(author=state.brand.id, text=text, topic=above.topic, parent=above.id, media=picture)
        return state.key(state.board.write(draft))

    def _message(self, words: Mapping[str, str]) -> Shape:
        """A private reply, or a message in a standing conversation."""
        recipient, message = json.loads(words["recipient"]), json.loads(words["message"])
        text = message.get("text", "")
        if set(message) != {"text"} or not text or len(text) > MAX_MESSAGE:
            raise refused(100, "Length of param message[text] must be less than or equal to 2000")
        person = self._reader(recipient) if "id" not in recipient else self._partner(recipient["id"], words)
        if number(person) in self.state.unreachable:
            raise refused(551, "This person isn't available right now.")
        draft = Draft(author=self.state.brand.id, text=text, to=person.id)
        sent = self.state.board.write(draft)
        return {"recipient_id": number(person), "message_id": self.state.key(sent)}

    def _reader(self, recipient: Mapping[str, str]) -> Member:
        """The writer of a public post, who can be written to once."""
        state = self.state
        [(kind, node)] = recipient.items()
        item = self._standing(node)
        if kind != ("post_id" if item.id == item.topic else "comment_id"):
            raise refused(100, "Invalid parameter: recipient")
        if item.id in state.replied:
            raise refused(10_900, "Activity already replied to")
        if (state.now() - item.at).days >= 7:
            raise refused(10, "This message is sent outside of allowed window.", sub=2_018_278)
        state.replied[item.id] = conversation(item.author)
        return item.author

    def _partner(self, node: str, words: Mapping[str, str]) -> Member:
        """Someone who wrote to us, not too long ago."""
        state = self.state
        theirs = [item for item in state.talks().get(f"t_{node}", []) if item.author.id != state.brand.id]
        person = state.member(str(node))
        if not theirs or person is None:
            raise refused(100, "No matching user found", sub=2_018_001)
        age = (state.now() - theirs[-1].at).total_seconds() / 3600
        tagged = words.get("messaging_type") == "MESSAGE_TAG" and words.get("tag") == "HUMAN_AGENT"
        if tagged and not state.approved_human_agent:
            raise refused(10, "The Human Agent tag needs approval", sub=2_018_278)
        if age >= (168 if tagged else 24):
            raise refused(10, "This message is sent outside of allowed window.", sub=2_018_278)
        if not tagged and words.get("messaging_type") != "RESPONSE":
            raise refused(100, "Invalid parameter: messaging_type")
        return person

    def _standing(self, node: str) -> Item:
        item = self.state.item(node)
        if item is None:
            raise gone(node)
        return item

    def _check(self, request: web.Request, given: Mapping[str, str], more: frozenset[str] = frozenset()) -> None:
        """Who asks, with what proof, for which version, and nothing that the API does not know."""
        self._check_version(request)
        token = _token_of(request, given)
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            raise refused(190, "Invalid OAuth access token")
        proof = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        if request.query.get("appsecret_proof") != proof:
            raise refused(100, "Invalid appsecret_proof provided in the API argument")
        if unknown := set(given) - _COMMON - more:
            raise refused(100, f"Unknown parameter: {min(unknown)}")

    def _check_version(self, request: web.Request) -> None:
        if request.match_info["version"] not in VERSIONS:
            raise refused(2_635, "You are calling a deprecated version of the API")
        if self.token in request.query_string and "input_token" not in request.query:
            self.leaks.append(request.query_string)


_EDGES = {
    "comments": frozenset({"filter", "order"}),
    "conversations": frozenset({"platform", "user_id"}),
}
"""What each edge understands beside the common parameters."""

_SAYS = {
    "comments": frozenset({"message", "attachment_id"}),
    "messages": frozenset({"recipient", "message", "messaging_type", "tag"}),
    "photos": frozenset({"published"}),
    "replies": frozenset({"message"}),
    "mentions": frozenset({"message", "media_id", "comment_id"}),
}


def _token_of(request: web.Request, given: Mapping[str, str]) -> str:
    """From the header, or where the API also takes it."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else given.get("access_token", request.query.get("access_token", ""))


def sort(request: web.Request) -> Sort:
    """What a request is about, as far as faults are concerned."""
    if request.method == "POST":
        return Sort.OTHER if request.path.endswith("/photos") else Sort.SAY
    return Sort.WHO if request.path.endswith(("/me", "/debug_token")) else Sort.LIST
