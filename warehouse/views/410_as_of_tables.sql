CREATE MACRO documents_as_of(moment) AS TABLE
WITH asked AS (
    SELECT
        sha256,
        count(*) FILTER (kind <> 'quoted_recommendation') AS recommendation_count,
        count(*) FILTER (kind = 'quoted_recommendation') AS quoted_count
    FROM base.row_at(base.to_moment(moment)) GROUP BY sha256
)
SELECT
    document.sha256, document.source, document.body, document.title, document.published,
    year(document.published) AS year, document.reference, document.url, document.connector, document.is_restricted,
    document.media_type, document.byte_count, document.fetched_at, document.is_read, document.page_count,
    CASE WHEN document.is_read THEN coalesce(asked.recommendation_count, 0) END AS recommendation_count,
    CASE WHEN document.is_read THEN coalesce(asked.quoted_count, 0) END AS quoted_count,
    document.withdrawn_on, document.superseded_by, document.superseded_on
FROM base.document_at(base.to_moment(moment)) AS document LEFT JOIN asked USING (sha256);
COMMENT ON MACRO TABLE documents_as_of IS 'documents as the tables had them at a moment (recorded time; a day means its end, UTC): FROM documents_as_of(DATE ''2026-03-01''). Columns mean what they mean in documents. As read by tonight''s code.';

CREATE MACRO recommendations_as_of(moment) AS TABLE
WITH themed AS (
    SELECT recommendation_id, list(theme ORDER BY theme) AS themes
    FROM base.theme_at(base.to_moment(moment)) GROUP BY recommendation_id
),
grouped AS (
    SELECT recommendation_id, min(common_id) AS common_id
    FROM base.member_at(base.to_moment(moment)) GROUP BY recommendation_id
)
SELECT
    row.recommendation_id, row.ask_id, row.recommendation_id <> row.ask_id AS is_reprint, TRY_CAST(row.kind AS kind) AS kind, row.label, row.text,
    row.body, row.source, row.published, year(row.published) AS year, coalesce(themed.themes, []) AS themes,
    grouped.common_id, row.addressees, row.deadline, row.deadline_text,
    TRY_CAST(row.status AS status) AS status, row.status_text, row.response_text,
    row.response_page, row.title AS document_title, row.page, row.page_end,
    base.page_url(row.url, row.media_type, row.page) AS page_url, row.sha256, row.is_restricted,
    CAST(row.fetched_at AS DATE) AS first_seen
FROM base.row_at(base.to_moment(moment)) AS row
LEFT JOIN themed USING (recommendation_id)
LEFT JOIN grouped USING (recommendation_id);
COMMENT ON MACRO TABLE recommendations_as_of IS 'recommendations as the tables had them at a moment (recorded time; a day means its end, UTC): FROM recommendations_as_of(DATE ''2026-03-01''). Columns mean what they mean in recommendations. Versions replaced since and rows since called no asks are back; texts are as tonight''s code reads them; ask_id is the first printing known then.';

CREATE MACRO common_recommendations_as_of(moment) AS TABLE
WITH rule AS (
    SELECT *, year(base.to_moment(moment)) - window_years + 1 AS first_year, year(base.to_moment(moment)) AS last_year
    FROM base.parameter
),
row AS MATERIALIZED (FROM base.row_at(base.to_moment(moment))),
event AS MATERIALIZED (FROM base.status_event_at(base.to_moment(moment))),
member AS MATERIALIZED (
    SELECT common_id, row.* FROM base.member_at(base.to_moment(moment)) JOIN row USING (recommendation_id)
),
linked AS (
    SELECT earlier.ask_id AS earlier_ask_id, later.ask_id AS later_ask_id
    FROM base.link
    JOIN member AS earlier ON earlier.recommendation_id = link.earlier_id
    JOIN member AS later ON later.recommendation_id = link.later_id AND later.common_id = earlier.common_id
    WHERE link.link_type IN ('reiterated', 'independent') AND earlier.ask_id <> later.ask_id
),
reprinted AS (
    SELECT DISTINCT least(one.ask_id, other.ask_id) AS first_id, greatest(one.ask_id, other.ask_id) AS second_id
    FROM base.link
    JOIN member AS one ON one.recommendation_id = link.earlier_id
    JOIN member AS other ON other.recommendation_id = link.later_id
    WHERE link.link_type = 'republished' AND one.ask_id <> other.ask_id
),
recurring AS (SELECT earlier_ask_id AS ask_id FROM linked UNION SELECT later_ask_id FROM linked),
grouped AS (SELECT ask_id, min(common_id) AS common_id FROM member GROUP BY ask_id),
ask AS MATERIALIZED (
    SELECT
        grouped.common_id, row.ask_id, row.body, row.source, row.published, year(row.published) AS year, row.text,
        row.sha256, row.page, recurring.ask_id IS NOT NULL AS is_recurring
    FROM row JOIN grouped ON grouped.ask_id = row.recommendation_id LEFT JOIN recurring ON recurring.ask_id = row.recommendation_id
    WHERE row.kind <> 'quoted_recommendation'
),
reviewed AS (
    SELECT ask_id, arg_max(status, (recorded_at, event_id)) AS status FROM event WHERE said_by = 'review' GROUP BY ask_id
),
closure AS (
    SELECT event.ask_id, event.status, min(event.dated) AS closed_on
    FROM event LEFT JOIN reviewed ON reviewed.ask_id = event.ask_id
    WHERE event.status IN ('accepted', 'accepted in part', 'accepted in principle', 'done') AND event.dated IS NOT NULL
      AND (event.said_by = 'response' OR reviewed.status = event.status)
    GROUP BY event.ask_id, event.status
),
closed AS (
    SELECT closed.common_id, count(DISTINCT later.ask_id) AS after_closure_count
    FROM ask AS closed
    JOIN closure ON closure.ask_id = closed.ask_id
    JOIN ask AS later ON later.common_id = closed.common_id AND later.ask_id <> closed.ask_id
    ANTI JOIN reprinted
        ON reprinted.first_id = least(closed.ask_id, later.ask_id) AND reprinted.second_id = greatest(closed.ask_id, later.ask_id)
    WHERE closed.is_recurring AND later.is_recurring AND later.published > closure.closed_on
    GROUP BY closed.common_id
),
counted AS (
    SELECT
        common_id, count(*) AS recommendation_count, count(DISTINCT sha256) AS document_count,
        list_sort(list(recommendation_id)) AS member_ids,
        arg_min(text, (kind = 'quoted_recommendation', coalesce(published, DATE '9999-12-31'), sha256, page, recommendation_id)) AS first_text
    FROM member GROUP BY common_id
),
seen AS (
    SELECT
        common_id, count(DISTINCT sha256) AS ask_count,
        list_sort(list(DISTINCT body)) AS bodies,
        list_sort(list(DISTINCT source)) AS sources,
        coalesce(list_sort(list(DISTINCT year) FILTER (year IS NOT NULL)), []) AS years,
        min(published) AS first_published, max(published) AS last_published,
        coalesce(list_sort(list(DISTINCT year) FILTER (is_recurring AND year BETWEEN first_year AND last_year)), []) AS recurring_years,
        coalesce(list_sort(list(DISTINCT body) FILTER (is_recurring AND year BETWEEN first_year AND last_year)), []) AS recurring_bodies
    FROM ask CROSS JOIN rule GROUP BY common_id
),
themed AS (
    SELECT member.common_id, list_sort(list(DISTINCT theme)) AS themes
    FROM member JOIN base.theme_at(base.to_moment(moment)) USING (recommendation_id) GROUP BY member.common_id
)
SELECT
    counted.common_id, counted.first_text, coalesce(themed.themes, []) AS themes, counted.member_ids,
    counted.recommendation_count, coalesce(seen.ask_count, 0) AS ask_count, counted.document_count,
    coalesce(seen.bodies, []) AS bodies, coalesce(seen.sources, []) AS sources, coalesce(seen.years, []) AS years,
    seen.first_published, seen.last_published,
    coalesce(seen.recurring_years, []) AS recurring_years, coalesce(seen.recurring_bodies, []) AS recurring_bodies,
    coalesce(closed.after_closure_count, 0) AS after_closure_count,
    coalesce(len(seen.recurring_years) >= rule.years_needed AND len(seen.recurring_bodies) >= rule.bodies_needed, FALSE)
        OR coalesce(closed.after_closure_count, 0) > 0 AS is_perennial
FROM counted CROSS JOIN rule
LEFT JOIN seen USING (common_id) LEFT JOIN closed USING (common_id) LEFT JOIN themed USING (common_id);
COMMENT ON MACRO TABLE common_recommendations_as_of IS 'common_recommendations as the tables had them at a moment (recorded time; a day means its end, UTC): FROM common_recommendations_as_of(DATE ''2026-03-01''). Members are the ledger''s of that night; the perennial rule is tonight''s, its window ends in that year; links between two members are tonight''s, so a pair regrouped since no longer counts. first_text is that of the first printing, because the ledger does not keep which row spoke for a group.';

CREATE MACRO register_as_of(moment, on_day := NULL) AS TABLE
WITH rule AS (
    SELECT *, coalesce(CAST(on_day AS DATE), CAST(base.to_moment(moment) AS DATE)) AS day,
        coalesce(CAST(on_day AS DATE), DATE '9999-12-31') AS last_day
    FROM base.parameter
),
row AS MATERIALIZED (FROM base.row_at(base.to_moment(moment))),
event AS MATERIALIZED (
    SELECT event.* FROM base.status_event_at(base.to_moment(moment)) AS event CROSS JOIN rule
    WHERE event.dated IS NULL OR event.dated <= rule.last_day
),
answer AS (
    SELECT ask_id, count(*) AS answer_count, min(answered_on) AS first_answered_on
    FROM base.answer_at(base.to_moment(moment)) CROSS JOIN rule
    WHERE answered_on IS NULL OR answered_on <= rule.last_day
    GROUP BY ask_id
),
reviewed AS (
    SELECT ask_id, arg_max({'status': status, 'dated': dated}, (recorded_at, event_id)) AS last
    FROM event WHERE said_by = 'review' GROUP BY ask_id
),
latest AS (
    SELECT ask_id, status, dated FROM event WHERE said_by = 'response'
    QUALIFY rank() OVER (PARTITION BY ask_id ORDER BY dated DESC NULLS LAST, recorded_at DESC) = 1
),
responded AS (
    SELECT ask_id, base.join_statuses(list(DISTINCT status)) AS status, any_value(dated) AS dated FROM latest GROUP BY ask_id
),
history AS (
    SELECT ask_id, list({'dated': dated, 'status': status, 'said_by': said_by}
                        ORDER BY dated NULLS FIRST, recorded_at, event_id) AS status_history
    FROM (SELECT ask_id, dated, status, said_by, recorded_at, min(event_id) AS event_id FROM event GROUP BY ALL)
    GROUP BY ask_id
),
judgement AS (
    SELECT row.ask_id, max(review.reviewed_on) AS last_reviewed_on,
        nullif(arg_max(review.answer, (review.recorded_at, review.review_id)) FILTER (review.question = 'addressee'), 'withdrawn') AS addressee
    FROM base.review JOIN row USING (recommendation_id)
    WHERE review.recorded_at <= base.to_moment(moment) GROUP BY row.ask_id
),
shared AS (
    SELECT row.ask_id, min(shared.shared_on) AS shared_on
    FROM base.shared JOIN row USING (recommendation_id)
    WHERE shared.shared_on <= CAST(base.to_moment(moment) AS DATE) GROUP BY row.ask_id
),
themed AS (
    SELECT recommendation_id, list(theme ORDER BY theme) AS themes
    FROM base.theme_at(base.to_moment(moment)) GROUP BY recommendation_id
),
grouped AS (
    SELECT row.ask_id, min(common_id) AS common_id
    FROM base.member_at(base.to_moment(moment)) JOIN row USING (recommendation_id) GROUP BY row.ask_id
),
joined AS (
    SELECT
        ask.recommendation_id, ask.kind, ask.label, ask.text, ask.body, ask.source, ask.published,
        year(ask.published) AS year, ask.title AS document_title, ask.page,
        base.page_url(ask.url, ask.media_type, ask.page) AS page_url,
        base.addressees_of(judgement.addressee, ask.addressees, ask.recipients) AS addressees,
        coalesce(themed.themes, []) AS themes,
        grouped.common_id,
        ask.deadline,
        base.due_day(ask.deadline, ask.published, list_contains(rule.response_sources, ask.source), rule.response_days) AS due,
        base.due_for(ask.deadline, list_contains(rule.response_sources, ask.source)) AS due_for,
        coalesce(nullif(reviewed.last.status, 'withdrawn'), responded.status, 'none') AS status,
        CASE WHEN reviewed.last.status <> 'withdrawn' THEN reviewed.last.dated ELSE responded.dated END AS status_dated,
        CASE WHEN reviewed.last.status <> 'withdrawn' THEN 'review' WHEN responded.status IS NOT NULL THEN 'response' END AS status_said_by,
        coalesce(answer.answer_count, 0) > 0 AS is_answered,
        coalesce(answer.answer_count, 0) AS answer_count,
        answer.first_answered_on,
        coalesce(history.status_history, []) AS status_history,
        judgement.last_reviewed_on,
        shared.shared_on,
        ask.kind = 'quoted_recommendation' AS is_known_from_response_only,
        ask.is_restricted,
        CAST(ask.fetched_at AS DATE) AS first_seen,
        ask.sha256,
        rule.day
    FROM row AS ask CROSS JOIN rule
    LEFT JOIN themed ON themed.recommendation_id = ask.recommendation_id
    LEFT JOIN grouped ON grouped.ask_id = ask.recommendation_id
    LEFT JOIN reviewed ON reviewed.ask_id = ask.recommendation_id
    LEFT JOIN responded ON responded.ask_id = ask.recommendation_id
    LEFT JOIN answer ON answer.ask_id = ask.recommendation_id
    LEFT JOIN history ON history.ask_id = ask.recommendation_id
    LEFT JOIN judgement ON judgement.ask_id = ask.recommendation_id
    LEFT JOIN shared ON shared.ask_id = ask.recommendation_id
    WHERE ask.recommendation_id = ask.ask_id AND (ask.published IS NULL OR ask.published <= rule.last_day)
),
judged AS (
    SELECT *, base.is_overdue(due, day, status, due_for, NOT is_answered AND status = 'none') AS is_overdue
    FROM joined
)
SELECT
    judged.* EXCLUDE (day) REPLACE (
        TRY_CAST(kind AS kind) AS kind,
        TRY_CAST(status AS status) AS status,
        TRY_CAST(status_said_by AS said_by) AS status_said_by,
        TRY_CAST(due_for AS due_for) AS due_for
    ),
    CASE WHEN is_overdue THEN day - due END AS overdue_days,
    TRY_CAST(base.stage_of(status, is_answered, shared_on, themes, last_reviewed_on) AS stage) AS stage,
    day AS as_of
FROM judged;
COMMENT ON MACRO TABLE register_as_of IS 'register as the tables had it at a moment (recorded time; a day means its end, UTC), overdue counted to that day: FROM register_as_of(DATE ''2026-03-01''). With on_day, what was known at the moment of the state on another day (valid time): statuses, answers and asks dated after it are left out, overdue is counted to it: register_as_of(DATE ''2026-03-01'', on_day := DATE ''2025-12-31''). Columns mean what they mean in register.';
