CREATE VIEW recurred_after_closure AS
WITH pair AS (
    SELECT closure.*, asked_then.addressees AS closed_addressees, asked_now.addressees AS later_addressees
    FROM base.asked_after_closure AS closure
    JOIN base.addressed AS asked_then ON asked_then.ask_id = closure.closed_id
    JOIN base.addressed AS asked_now ON asked_now.ask_id = closure.later_id
),
-- Compared once each: the same few addressees stand in most pairs, and comparing their words is what costs.
compared AS (
    SELECT closed_addressees, later_addressees,
        base.share_addressee(closed_addressees, later_addressees) AS is_same_addressee
    FROM (SELECT DISTINCT closed_addressees, later_addressees FROM pair)
)
SELECT
    closed.common_id,
    closed.ask_id AS closed_id,
    closed_row.text AS closed_text,
    closed.body AS closed_body,
    closed.source AS closed_source,
    closed.published AS closed_published,
    TRY_CAST(pair.closed_status AS status) AS closed_status,
    pair.closed_on,
    TRY_CAST(pair.closed_by AS said_by) AS closed_by,
    later.ask_id AS later_id,
    later_row.text AS later_text,
    later.body AS later_body,
    later.source AS later_source,
    later.published AS later_published,
    later_row.page AS later_page,
    base.page_url(document.url, document.media_type, later_row.page) AS later_page_url,
    later.published - pair.closed_on AS days_after_closure,
    pair.closed_addressees,
    pair.later_addressees,
    compared.is_same_addressee,
    CAST(document.fetched_at AS DATE) AS later_first_seen
FROM pair
JOIN compared ON compared.closed_addressees IS NOT DISTINCT FROM pair.closed_addressees
    AND compared.later_addressees IS NOT DISTINCT FROM pair.later_addressees
JOIN base.ask AS closed ON closed.ask_id = pair.closed_id
JOIN base.ask AS later ON later.ask_id = pair.later_id
JOIN base.recommendation AS closed_row ON closed_row.recommendation_id = closed.ask_id
JOIN base.recommendation AS later_row ON later_row.recommendation_id = later.ask_id
JOIN base.document ON document.sha256 = later.sha256;
COMMENT ON VIEW recurred_after_closure IS 'One row an ask that was accepted or closed and a later ask for the same thing. Several rows a pair when several statuses were given: count DISTINCT later_id.';
COMMENT ON COLUMN recurred_after_closure.common_id IS 'The common recommendation both are in.';
COMMENT ON COLUMN recurred_after_closure.closed_id IS 'recommendation_id of the ask that was accepted or closed.';
COMMENT ON COLUMN recurred_after_closure.closed_text IS 'Its text, verbatim.';
COMMENT ON COLUMN recurred_after_closure.closed_body IS 'Who asked it.';
COMMENT ON COLUMN recurred_after_closure.closed_source IS 'The stream it came from.';
COMMENT ON COLUMN recurred_after_closure.closed_published IS 'Day it was asked.';
COMMENT ON COLUMN recurred_after_closure.closed_status IS 'accepted, accepted in part, accepted in principle or done. Accepted in part may never have promised what came back.';
COMMENT ON COLUMN recurred_after_closure.closed_on IS 'The first day that status was given: publication of the response, or the review.';
COMMENT ON COLUMN recurred_after_closure.closed_by IS 'response or review.';
COMMENT ON COLUMN recurred_after_closure.later_id IS 'recommendation_id of the later ask.';
COMMENT ON COLUMN recurred_after_closure.later_text IS 'Its text, verbatim.';
COMMENT ON COLUMN recurred_after_closure.later_body IS 'Who asked it.';
COMMENT ON COLUMN recurred_after_closure.later_source IS 'The stream it came from.';
COMMENT ON COLUMN recurred_after_closure.later_published IS 'Day it was asked.';
COMMENT ON COLUMN recurred_after_closure.later_page IS 'Its page.';
COMMENT ON COLUMN recurred_after_closure.later_page_url IS 'Address that opens it at its page.';
COMMENT ON COLUMN recurred_after_closure.days_after_closure IS 'Days from the closure to the later ask. The events behind the later ask may be older than the closure: read it.';
COMMENT ON COLUMN recurred_after_closure.closed_addressees IS 'Who was asked then, see register.addressees; [] when not said.';
COMMENT ON COLUMN recurred_after_closure.later_addressees IS 'Who is asked now, see register.addressees; [] when not said.';
COMMENT ON COLUMN recurred_after_closure.is_same_addressee IS 'True: a body that was asked then is asked again. False: both asks name somebody and nobody twice, so one force may have done what another has yet to do. NULL: one of them names nobody. Names are compared word by word, offices aside; an ask of all forces names none of them.';
COMMENT ON COLUMN recurred_after_closure.later_first_seen IS 'Day (UTC) the later document was first fetched.';
