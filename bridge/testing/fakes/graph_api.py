"""The paths of the Graph API that the bridge uses for Pages, over the state of a fake one."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bridge.testing.fakes.board import Member
from bridge.testing.fakes.faults import Mode, Sort, failing
from bridge.testing.fakes.graph_edges import listed
from bridge.testing.fakes.graph_instagram import account_shape, medium_shape, remark_shape
from bridge.testing.fakes.graph_marks import Mark
from bridge.testing.fakes.graph_refusals import MODES, error, gone, refused
from bridge.testing.fakes.graph_saying import change, remove, say
from bridge.testing.fakes.graph_shapes import Shape, comment_shape, picked, post_shape
from bridge.testing.fakes.graph_state import GraphState, instagram_number, number

VERSIONS = frozenset({"v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"})
_COMMON = frozenset({"access_token", "appsecret_proof", "fields", "limit", "after"})


class GraphApi:
    """`/VERSION/NODE` and `/VERSION/NODE/EDGE`."""

    without_cursors: frozenset[str] = frozenset()
    """Edges that end after their first page, whatever is behind it."""
    refused_nodes = False
    """Refuse to show single objects, as where a right is missing."""
    empty_pages = False
    """Put an empty page in front of every listing: only a missing `next` is the end."""

    def __init__(self, state: GraphState, *, token: str, app_id: str, app_secret: str) -> None:
        self.state = state
        self.app_id = app_id
        self.app_secret = app_secret
        self.token = token
        self.stranger: Member = state.brand
        self.system_token = ""
        """That of a system user who may act for the Page; it reads the Page's own and nothing else."""
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
        self.samples: dict[str, Shape] = {}
        """Objects under ids that the place would not make, each the only one of an edge of a post that is not listed."""
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
                web.post("/{version}/{node}", self.post_node),
                web.delete("/{version}/{node}", self.delete_node),
            ]
        )

    async def debug_token(self, request: web.Request) -> web.Response:
        """What the token is, told to its app."""
        self._check_version(request)
        if _token_of(request, {}) != f"{self.app_id}|{self.app_secret}":
            raise refused(190, "Invalid OAuth access token signature")
        valid = request.query.get("input_token", "") in {self.token, self.system_token}
        told = {"app_id": self.app_id, "type": "PAGE", "scopes": self.scopes, **self.told}
        return web.json_response({"data": told if valid else {"is_valid": False}})

    async def get_node(self, request: web.Request) -> web.Response:
        """One object."""
        self._check(request, request.query)
        node, fields = request.match_info["node"], request.query.get("fields", "")
        if self.refused_nodes:
            raise refused(10, "Application does not have permission for this action")
        if self._by_system_user(request):
            return web.json_response(picked(fields, self._to_system_user(node)))
        return web.json_response(picked(fields, self.node(node, fields)))

    def _by_system_user(self, request: web.Request) -> bool:
        return bool(self.system_token) and _token_of(request, {}) == self.system_token

    def _to_system_user(self, node: str) -> Shape:
        if node == "me":
            return {"id": "700007", "name": "System user"}
        if node != self.state.page:
            raise refused(210, "A page access token is required to request this resource")
        return {"id": node, "name": self.state.brand.name, "access_token": self.token}

    def node(self, node: str, fields: str) -> Shape:
        """An object with all its fields."""
        state = self.state
        if node in {"me", state.page}:
            me = self.stranger if state.faults.take(Mode.WRONG_ACCOUNT) else state.brand
            linked = {"id": instagram_number(me), "username": me.name}
            own = {"instagram_business_account": linked, "access_token": None}
            return {"id": number(me), "name": me.name, **own}
        if node == state.instagram:
            return account_shape(state, fields)
        item = state.item(node)
        if item is None or (item.topic in state.marks.marked(Mark.TAGGING) and item.id != item.topic):
            raise gone(node)
        if item.topic in state.marks.marked(Mark.MEDIA):
            return medium_shape(state, item) if item.id == item.topic else remark_shape(state, item, fields)
        return post_shape(state, item) if item.id == item.topic else comment_shape(state, item)

    async def get_edge(self, request: web.Request) -> web.Response:
        """What is connected with an object."""
        node, edge, query = request.match_info["node"], request.match_info["edge"], request.query
        self._check(request, query, _EDGES.get(edge, frozenset()))
        if sample := self.samples.get(f"{node}/{edge}"):
            return web.json_response({"data": [sample]})
        return self._paged(request, listed(self.state, node, edge, query=query))

    def _paged(self, request: web.Request, shapes: list[Shape]) -> web.Response:
        """One page; the next one's address holds the token, as Meta's does."""
        limit = int(request.query.get("limit", "25"))
        if limit > 100:
            raise refused(100, "Param limit must be at most 100")
        after = request.query.get("after", "")
        start = int(after.removeprefix("p")) if after else -1 if self.empty_pages else 0
        page = shapes[max(start, 0) : start + limit] if start >= 0 else []
        end = max(start, 0) + len(page)
        if end >= len(shapes) or request.match_info["edge"] in self.without_cursors:
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
        return web.json_response(say(self.state, node, edge, words=words, source=form.get("source")))

    async def post_node(self, request: web.Request) -> web.Response:
        """An object is changed."""
        words = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        self._check(request, {**request.query, **words}, frozenset({"is_hidden", "hide"}))
        given = {name: value for name, value in words.items() if name not in _COMMON}
        return web.json_response(change(self.state, request.match_info["node"], given))

    async def delete_node(self, request: web.Request) -> web.Response:
        """An object is deleted."""
        self._check(request, request.query)
        return web.json_response(remove(self.state, request.match_info["node"]))

    def _check(self, request: web.Request, given: Mapping[str, str], more: frozenset[str] = frozenset()) -> None:
        """Who asks, with what proof, for which version, and nothing that the API does not know."""
        self._check_version(request)
        token = _token_of(request, given)
        if not token or token not in {self.token, self.system_token}:
            raise refused(190, "Invalid OAuth access token")
        if token == self.system_token and "edge" in request.match_info:
            raise refused(210, "A page access token is required to request this resource")
        proof = hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
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
    "likes": frozenset(),
    "replies": frozenset({"message"}),
    "mentions": frozenset({"message", "media_id", "comment_id"}),
}


def _token_of(request: web.Request, given: Mapping[str, str]) -> str:
    """From the header, or where the API also takes it."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else given.get("access_token", request.query.get("access_token", ""))


def sort(request: web.Request) -> Sort:
    """What a request is about, as far as faults are concerned."""
    if request.method in {"POST", "DELETE"}:
        return Sort.OTHER if request.path.endswith("/photos") else Sort.SAY
    return Sort.WHO if request.path.endswith(("/me", "/debug_token")) else Sort.LIST
