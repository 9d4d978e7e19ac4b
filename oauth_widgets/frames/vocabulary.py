"""The names that APIs use for lists of records, for what describes pages, and for one record's own.

All are compared as `plain` gives them.
"""

from __future__ import annotations

from functools import lru_cache

_PREFIXES = ("@", "__", "odata.", "iot.", "hydra:", "opensearch:", "os:")

RECORDS: tuple[str, ...] = ("results", "records", "items", "rows", "docs", "hits", "nodes", "data")
RECORDS += ("value", "bindings", "features", "entries", "entry", "documents", "resources", "member")
RECORDS += ("edges", "objects", "elements", "content", "contents", "list", "result", "collection")
RECORDS += ("values", "observations", "children", "members", "search", "record", "item", "row")
"""Names of lists of records, the ones that are hardly ever anything else first."""

SURE_RECORDS = frozenset(RECORDS[:11]) | {"result"}
"""Those that make an object an envelope even if it has a name or a title."""

HOLDERS = frozenset(
    {"links", "meta", "metadata", "page", "pageinfo", "pagination", "paging", "responsemetadata"}
    | {
        "view",
        "cursors",
        "cursor",
        "jsonapi",
        "resultset",
        "searchmetadata",
        "paginginfo",
        "pages",
        "attr",
    }
    | {"context", "pagemetadata", "searchinfo", "resultinfo", "searchinformation", "pagingmetadata"}
)
"""Names of objects that describe pages."""

AROUND = frozenset({"d", "data", "embedded", "payload", "response", "result"})
"""Names of objects that contain the list of records and describe pages."""

LINKS = frozenset({"link", "links"})
"""Names of lists of links."""

ASIDE = frozenset(
    {"errors", "included", "warnings", "facets", "facet", "facetcounts", "aggregations", "aggs"}
    | {"filters", "filter", "sort", "sorts", "order", "orderby", "groupby", "groups", "includes"}
    | {"schema", "fields", "columns", "headers", "header", "parameters", "params", "breadcrumbs"}
    | {"notices", "notifications", "suggestions", "suggest", "highlighting", "searchfacets", "head"}
    | {"responseheader", "request", "facetdistribution", "facetfields", "appliedfilters", "errs"}
    | {"namespaces", "conformsto", "stylesheets", "bbox", "debug", "profile", "timings", "echo"}
)
"""Names of what accompanies the records and never is them."""

ASIDE_LISTS = ASIDE | LINKS | {"vars", "crs"}

OWN = frozenset({"id", "_id", "uuid", "guid", "iri"})
"""Names that identify one record: an object that has one of them is a record itself."""

LIKELY_OWN = frozenset(
    {"name", "title", "sha", "slug", "login", "username", "email", "firstname", "lastname"}
    | {"fullname", "displayname", "description", "createdat", "updatedat", "price", "sku", "key"}
    | {
        "address",
        "phone",
        "birthdate",
        "dateofbirth",
        "gender",
        "isbn",
        "doi",
        "symbol",
        "amount",
        "currency",
    }
)
"""Names that a record has, and an envelope now and then."""

SURE = frozenset(
    {"nextcursor", "nextpagetoken", "nexttoken", "continuationtoken", "hasmore", "hasnextpage"}
    | {"totalpages", "totalelements", "totalcount", "totalresults", "itemsperpage", "nextlink"}
    | {"istruncated", "maxresults", "nextmarker", "nextrecordsurl", "startat", "totalsize"}
    | {"endofstream", "endofrecords", "islastpage", "exceededtransferlimit", "numfound", "nbpages"}
    | {"nextcursormark", "numberreturned", "numbermatched", "nexturi", "nextpageuri", "nextpageurl"}
    | {"nextpagestart", "nextoffset", "lastevaluatedkey", "totalhits", "hasnext", "totalitems"}
)
"""Names that no record has: an object that has one of them is an envelope."""

ORDINARY = SURE | frozenset(
    {
        "next",
        "nextpage",
        "total",
        "count",
        "limit",
        "offset",
        "perpage",
        "pagesize",
        "pages",
        "skip",
    }
    | {
        "currentpage",
        "lastpage",
        "page",
        "after",
        "before",
        "bookmark",
        "start",
        "rows",
        "continue",
    }
)
"""Names that describe pages if an object has several of them."""

DESCRIPTIVE = (
    HOLDERS
    | SURE
    | {"next", "nexturl", "nextpage", "previous", "prev", "prevcursor", "previouscursor"}
    | {"prevpage", "previouspage", "hasprevious", "first", "last", "self", "total", "count"}
    | {"pages", "pagesize", "perpage", "limit", "offset", "cursor", "status", "took", "success"}
    | {"ok", "kind", "etag", "object", "number", "size", "numberofelements", "lastpage", "start"}
    | {
        "skip",
        "currentpage",
        "pagenumber",
        "resultcount",
        "totalrows",
        "empty",
        "resultsizeestimate",
    }
)


LONGEST = 200
"""How long a name may be that has a meaning. All members below one repeat it in their paths."""


def plain(name: str) -> str:
    """Return a member's name as it is compared: lower case, without `_`, `-` and usual prefixes."""
    # What is remembered must not grow with the names that a server makes up
    return _plain(name[:LONGEST])


@lru_cache(4096)
def _plain(name: str) -> str:
    name = name.lower()
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    own = name == "_id"
    return name if own else name.replace("_", "").replace("-", "").replace(".", "").replace(" ", "")
