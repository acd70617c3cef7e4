"""What can be wrong with a request of the OGC interface."""

from __future__ import annotations

from geo.errors import InvalidInput, NotFound


class UnknownParameter(InvalidInput):
    """The query names a parameter that the address does not have (OGC API - Features, query-param-unknown)."""

    code = "unknown_parameter"


class InvalidParameter(InvalidInput):
    """A parameter of the query has a value that it cannot have (OGC API - Features, query-param-invalid)."""

    code = "invalid_parameter"


class UnknownCollection(NotFound):
    """No collection has this identifier."""

    code = "unknown_collection"


class UnknownFeature(NotFound):
    """The collection has no feature with this identifier."""

    code = "unknown_feature"
