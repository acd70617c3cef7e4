"""Routes of the files of a draft order, for an officer of the commune."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from geo.orders.fields import OrderFields
from service.api.answers import answer_tagged, tag_of
from service.api.suggestions import SuggestionId
from service.context import Ctx, OfficerKey
from service.orders.forms import FORMS
from service.security import check_commune
from service.store.database import reading
from service.store.suggestions import get_suggestion

router = APIRouter(prefix="/api/v1/suggestions", tags=["orders"])

FileName = Annotated[
    str,
    Path(
        pattern=r"^(order\.docx|order\.pdf|dialog\.json|datex2\.xml|policy\.json|sign\.txt)$",
        description="Draft order, body for DiaLog, DATEX II, CDS policies of the new rule, or text of the sign.",
    ),
]


@router.get(
    "/{suggestion_id}/{file}",
    response_class=Response,
    responses={200: {"content": {form.media_type: {} for form in FORMS.values()}}},
)
def get_order_file(
    request: Request, context: Ctx, suggestion_id: SuggestionId, file: FileName, key: OfficerKey
) -> Response:
    """Return a file of the draft order that makes the proposed rule: a proposal, never a legal act.

    What only a person can say is a blank in square brackets; `airelib orders draft --settings` fills it from a file.
    """
    from service.orders.drafts import draft_from_suggestions
    from service.orders.files import order_file, order_file_name

    form = next(form for form, one in FORMS.items() if one.file == file)
    with reading(context.engine) as session:
        check_commune(key, get_suggestion(session, suggestion_id).insee)
        today = context.clock().date()
        drafted = draft_from_suggestions(session, [suggestion_id], OrderFields(), today)
    content = order_file(drafted, form)
    response = answer_tagged(request, tag_of(content), lambda: content, FORMS[form].media_type)
    name = order_file_name(drafted, form)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
