CREATE MACRO possible_changes(since_day, until_day := NULL, known_until := NULL) AS TABLE
WITH limits AS (
    SELECT
        coalesce(CAST(since_day AS DATE), DATE '0001-01-01') AS since,
        coalesce(CAST(until_day AS DATE), as_of) AS as_of,
        coalesce(CAST(known_until AS DATE), DATE '9999-12-31') AS known_by
    FROM parameters
),
themed AS (
    SELECT recommendation_id, detail.theme, detail.score, detail.reason
    FROM (SELECT recommendation_id, unnest(theme_details) AS detail FROM recommendations)
),
closed AS (
    SELECT
        later_id,
        arg_max('Asked again after the ask of ' || closed_body || coalesce(' of ' || closed_published, '') || ' was '
                || closed_status || ' on ' || closed_on, (closed_on, closed_id)) AS reason
    FROM recurred_after_closure GROUP BY later_id
),
recurred AS (
    SELECT
        later_id,
        count(*) AS earlier_count,
        arg_max(earlier_body || coalesce(' on ' || earlier_published, ''), (coalesce(earlier_published, DATE '0001-01-01'), earlier_id)) AS latest
    FROM recurrences GROUP BY later_id
),
asked AS (
    SELECT
        register.*,
        themed.theme,
        themed.score,
        themed.reason AS theme_reason,
        closed.reason AS closed_reason,
        recurred.earlier_count,
        recurred.latest AS latest_earlier,
        limits.as_of AS day,
        first_seen > since AS is_new,
        coalesce(is_overdue AND due < limits.as_of AND due >= since, FALSE) AS is_newly_overdue,
        coalesce(is_answered AND last_answer_first_seen > since AND last_answer_first_seen <= known_by, FALSE) AS is_newly_answered
    FROM register
    JOIN themed USING (recommendation_id)
    CROSS JOIN limits
    LEFT JOIN closed ON closed.later_id = register.recommendation_id
    LEFT JOIN recurred ON recurred.later_id = register.recommendation_id
    WHERE first_seen <= known_by
),
placed AS (
    SELECT
        asked.*,
        list_filter([
            CASE WHEN is_new AND closed_reason IS NOT NULL
                 THEN {'section': 'recurred_after_closure', 'reason': closed_reason} END,
            CASE WHEN is_new AND earlier_count IS NOT NULL
                 THEN {'section': 'recurred', 'reason': 'Asked ' || earlier_count
                       || CASE earlier_count WHEN 1 THEN ' time' ELSE ' times' END || ' before, last by ' || latest_earlier} END,
            CASE WHEN is_newly_overdue
                 THEN {'section': 'overdue', 'reason': CASE due_for WHEN 'answer' THEN 'No answer known; due ' ELSE 'Not known to be done; due ' END
                       || due || ' (' || due_rule || ')'} END,
            CASE WHEN is_newly_answered
                 THEN {'section': 'answered', 'reason': 'Answered' || coalesce(' on ' || answers[1].answered_on, '') || ', page ' || response_page
                       || coalesce(': ' || left(response_text, 300) || CASE WHEN length(response_text) > 300 THEN ' …' ELSE '' END, '')} END,
            CASE WHEN is_new THEN {'section': 'new', 'reason': 'New here'} END
        ], lambda one: one IS NOT NULL) AS sections
    FROM asked
)
SELECT
    theme,
    sections,
    text,
    kind,
    body,
    source,
    published,
    -- A coroner's report is titled with the name of the person who died.
    CASE WHEN source = 'pfd' THEN 'Prevention of future deaths report' || coalesce(' ' || reference, '') ELSE document_title END AS document_title,
    page,
    page_url,
    common_id,
    coalesce(earlier_count, 0) + 1 AS asked_count,
    status,
    due,
    CASE WHEN is_overdue AND due < day THEN day - due END AS overdue_days,
    score,
    theme_reason,
    is_restricted,
    recommendation_id,
    sha256,
    label,
    addressees,
    answer_count
FROM placed
WHERE len(sections) > 0;
COMMENT ON MACRO TABLE possible_changes IS 'As changes, with every section that would fit a row and why, the most pressing first; for whoever knows what its reader was told.';

CREATE MACRO changes(since_day, until_day := NULL, known_until := NULL) AS TABLE
SELECT
    theme,
    sections[1].section AS section,
    * EXCLUDE (theme, sections, theme_reason, is_restricted, recommendation_id, sha256, label, addressees, answer_count),
    sections[1].reason || '. Theme: ' || theme_reason AS reason,
    is_restricted, recommendation_id, sha256, label, addressees, answer_count
FROM possible_changes(since_day, until_day := until_day, known_until := known_until)
ORDER BY
    theme,
    list_position(['recurred_after_closure', 'recurred', 'overdue', 'answered', 'new'], section),
    published DESC NULLS LAST, source, recommendation_id;
COMMENT ON MACRO TABLE changes IS 'What changed since a day: FROM changes(DATE ''2026-10-01''). One row an ask and theme, under its most pressing section. NULL as the day: everything there is.';

CREATE MACRO theme_changes(wanted, since_day, until_day := NULL, known_until := NULL) AS TABLE
SELECT * EXCLUDE (theme)
FROM changes(since_day, until_day := until_day, known_until := known_until)
WHERE theme = wanted;
COMMENT ON MACRO TABLE theme_changes IS 'What changed for one theme since a day: FROM theme_changes(''domestic-abuse'', DATE ''2026-10-01'').';

CREATE MACRO standing(how_many := 10) AS TABLE
WITH size AS (
    SELECT common_id, count(*) AS member_count FROM recommendations WHERE common_id IS NOT NULL GROUP BY common_id
),
mostly AS (
    SELECT given.common_id, given.theme
    FROM (SELECT common_id, unnest(themes) AS theme FROM recommendations WHERE common_id IS NOT NULL) AS given
    JOIN size USING (common_id)
    GROUP BY given.common_id, given.theme, member_count
    HAVING 2 * count(*) >= member_count
)
SELECT
    mostly.theme,
    common.*,
    representative.kind,
    representative.body,
    representative.source,
    representative.published,
    CASE WHEN representative.source = 'pfd' THEN 'Prevention of future deaths report' ELSE representative.document_title END AS document_title,
    representative.page,
    representative.page_url,
    representative.is_restricted,
    representative.sha256,
    representative.label,
    representative.addressees,
    'Asked ' || ask_count || ' times by ' || array_to_string(bodies, ', ')
        || CASE WHEN len(years) > 0 THEN ' in ' || array_to_string(years, ', ') ELSE '' END
        || '; ' || verdict || '; ' || document_read_count || ' documents read of these sources in the window' AS reason
FROM common_recommendations AS common
JOIN mostly USING (common_id)
JOIN recommendations AS representative ON representative.recommendation_id = common.representative_id
WHERE ask_count > 1
QUALIFY row_number() OVER (
    PARTITION BY mostly.theme
    ORDER BY is_perennial DESC, strength DESC NULLS LAST, last_published DESC NULLS LAST, common.common_id) <= how_many
ORDER BY mostly.theme, is_perennial DESC, strength DESC NULLS LAST, last_published DESC NULLS LAST, common.common_id;
COMMENT ON MACRO TABLE standing IS 'The common recommendations that weigh most on each theme, changed or not, the perennial before the others and the strongest first: FROM standing(how_many := 3). At least half of their members have the theme.';
