CREATE VIEW common_recommendations AS
WITH rule AS (
    SELECT *, year(as_of) - window_years + 1 AS first_year, year(as_of) AS last_year FROM base.parameter
),
member AS (
    SELECT
        common_id,
        count(*) AS recommendation_count,
        count(DISTINCT sha256) AS document_count,
        list_sort(list(DISTINCT ask_id)) AS ask_ids
    FROM base.common_member JOIN base.recommendation USING (recommendation_id)
    GROUP BY common_id
),
theme AS (
    SELECT common_id, list_sort(list(DISTINCT theme)) AS themes
    FROM base.common_member JOIN base.current_theme USING (recommendation_id)
    GROUP BY common_id
),
-- Restatements whose report was not read say neither who asked nor when.
ask AS (SELECT * FROM base.ask WHERE common_id IS NOT NULL AND NOT is_known_from_response_only),
-- Asks in one document are one act, so they are no days apart and not asked twice.
spaced AS (
    SELECT common_id, published - lag(published) OVER (PARTITION BY common_id ORDER BY published, sha256) AS gap_days
    FROM (SELECT DISTINCT common_id, sha256, published FROM ask WHERE published IS NOT NULL)
),
gap AS (
    SELECT
        common_id,
        max(gap_days) AS longest_gap_days,
        coalesce(list(gap_days ORDER BY gap_days DESC) FILTER (gap_days IS NOT NULL), []) AS gaps_days
    FROM spaced GROUP BY common_id
),
seen AS (
    SELECT
        common_id,
        count(DISTINCT sha256) AS ask_count,
        list_sort(list(DISTINCT body)) AS bodies,
        list_sort(list(DISTINCT source)) AS sources,
        coalesce(list_sort(list(DISTINCT year) FILTER (year IS NOT NULL)), []) AS years,
        min(published) AS first_published,
        max(published) AS last_published,
        count(DISTINCT sha256) FILTER (published IS NULL) AS undated_count
    FROM ask GROUP BY common_id
),
recurring AS (
    SELECT
        common_id,
        list_sort(list(DISTINCT year)) AS recurring_years,
        list_sort(list(DISTINCT body)) AS recurring_bodies
    FROM ask CROSS JOIN rule
    WHERE is_recurring AND year BETWEEN first_year AND last_year
    GROUP BY common_id
),
closed AS (
    SELECT common_id, count(DISTINCT later_id) AS after_closure_count
    FROM base.asked_after_closure GROUP BY common_id
),
read AS (
    SELECT source, year(published) AS year, count(*) AS document_read_count
    FROM base.document CROSS JOIN rule
    WHERE is_read AND year(published) BETWEEN first_year AND last_year
    GROUP BY ALL
),
-- A year in which nothing was read is told as 0: left out, it would look like a year without the ask.
span AS (SELECT unnest(range(first_year, last_year + 1)) AS year FROM rule),
exposure AS (
    SELECT
        common_id,
        sum(coalesce(document_read_count, 0))::BIGINT AS document_read_count,
        count(DISTINCT read.year) AS year_read_count,
        list({'source': of_source.source, 'year': span.year, 'document_read_count': coalesce(document_read_count, 0)}
             ORDER BY of_source.source, span.year) AS documents_read
    FROM (SELECT common_id, unnest(sources) AS source FROM seen) AS of_source
    CROSS JOIN span
    LEFT JOIN read ON read.source = of_source.source AND read.year = span.year
    GROUP BY common_id
),
measured AS (
    SELECT
        common.common_id,
        common.representative_id,
        representative.text,
        coalesce(common.plain_name, array_to_string(common.keywords[1:3], ', ')) AS plain_name,
        common.named_by,
        common.named_on,
        common.keywords,
        coalesce(theme.themes, []) AS themes,
        member.recommendation_count,
        coalesce(seen.ask_count, 0) AS ask_count,
        member.document_count,
        -- In log-odds, as the link is: another body or year makes a group stronger, a doubtful link weaker.
        CASE WHEN seen.ask_count > 1
            THEN round(common.weakest_link + ln(greatest(1, len(seen.bodies) + len(seen.years) - 1)), 2) END AS strength,
        coalesce(seen.bodies, []) AS bodies,
        coalesce(seen.sources, []) AS sources,
        coalesce(seen.years, []) AS years,
        seen.first_published,
        seen.last_published,
        gap.longest_gap_days,
        coalesce(gap.gaps_days, []) AS gaps_days,
        coalesce(seen.undated_count, 0) AS undated_count,
        coalesce(recurring.recurring_years, []) AS recurring_years,
        coalesce(recurring.recurring_bodies, []) AS recurring_bodies,
        len(coalesce(recurring.recurring_years, [])) AS recurring_year_count,
        len(coalesce(recurring.recurring_bodies, [])) AS recurring_body_count,
        coalesce(closed.after_closure_count, 0) AS after_closure_count,
        coalesce(exposure.document_read_count, 0) AS document_read_count,
        coalesce(exposure.year_read_count, 0) AS year_read_count,
        coalesce(exposure.documents_read, []) AS documents_read
    FROM base.common_recommendation AS common
    JOIN base.recommendation AS representative ON representative.recommendation_id = common.representative_id
    JOIN member ON member.common_id = common.common_id
    LEFT JOIN theme ON theme.common_id = common.common_id
    LEFT JOIN seen ON seen.common_id = common.common_id
    LEFT JOIN gap ON gap.common_id = common.common_id
    LEFT JOIN recurring ON recurring.common_id = common.common_id
    LEFT JOIN closed ON closed.common_id = common.common_id
    LEFT JOIN exposure ON exposure.common_id = common.common_id
)
SELECT
    measured.*,
    recurring_year_count >= years_needed AND recurring_body_count >= bodies_needed OR after_closure_count > 0 AS is_perennial,
    CASE
        WHEN recurring_year_count >= years_needed AND recurring_body_count >= bodies_needed AND after_closure_count > 0
            THEN 'perennial: asked often enough, and again after it was accepted or closed'
        WHEN recurring_year_count >= years_needed AND recurring_body_count >= bodies_needed
            THEN 'perennial: asked often enough'
        WHEN after_closure_count > 0 THEN 'perennial: asked again after it was accepted or closed'
        ELSE 'not perennial'
    END AS verdict,
    recurring_year_count >= years_needed - 1 AND recurring_body_count >= bodies_needed OR after_closure_count > 0 AS is_perennial_one_year_fewer,
    recurring_year_count >= years_needed + 1 AND recurring_body_count >= bodies_needed OR after_closure_count > 0 AS is_perennial_one_year_more,
    recurring_year_count >= years_needed AND recurring_body_count >= bodies_needed - 1 OR after_closure_count > 0 AS is_perennial_one_body_fewer,
    recurring_year_count >= years_needed AND recurring_body_count >= bodies_needed + 1 OR after_closure_count > 0 AS is_perennial_one_body_more,
    flatten([[{'years': k, 'bodies': n,
                'is_perennial': recurring_year_count >= k AND recurring_body_count >= n OR after_closure_count > 0}
              FOR n IN range(1, bodies_needed + 3)] FOR k IN range(1, window_years + 1)]) AS sensitivity
FROM measured CROSS JOIN (SELECT years_needed, bodies_needed, window_years FROM base.parameter) AS needed
ORDER BY strength DESC NULLS LAST, common_id;
COMMENT ON VIEW common_recommendations IS 'One row a group of recommendations that ask for the same thing, with the perennial verdict and what it rests on. The strongest first. For the perennial ones only see perennial_recommendations.';
COMMENT ON COLUMN common_recommendations.common_id IS 'Outlives re-clustering; what became of it in each night is in common_recommendation_history.';
COMMENT ON COLUMN common_recommendations.representative_id IS 'Its most central recommendation.';
COMMENT ON COLUMN common_recommendations.text IS 'Verbatim text of that one recommendation, not a summary of the group.';
COMMENT ON COLUMN common_recommendations.plain_name IS 'What a theme lead calls it (column plain_name of a review); until somebody does, the first of its keywords.';
COMMENT ON COLUMN common_recommendations.named_by IS 'Who named it; NULL: nobody has. A neutral word in the public file, where a group with restricted rows has no name.';
COMMENT ON COLUMN common_recommendations.named_on IS 'The day it was named.';
COMMENT ON COLUMN common_recommendations.keywords IS 'Words that mark the group.';
COMMENT ON COLUMN common_recommendations.themes IS 'Themes of its members as they stand; [] when none has one.';
COMMENT ON COLUMN common_recommendations.recommendation_count IS 'Rows in the group, reprints and restatements included: do not read as how often it was asked.';
COMMENT ON COLUMN common_recommendations.ask_count IS 'How often it was asked: documents that ask it. Reprints, and further asks in one document, count once; restatements without their report not at all.';
COMMENT ON COLUMN common_recommendations.document_count IS 'Documents that print it.';
COMMENT ON COLUMN common_recommendations.strength IS 'How surely it is one ask, and by how many: the score of its two least alike members, reprints and restatements left out (log-odds above the cut at which two rows count as one ask), plus the natural logarithm of bodies + years - 1. So many rows on one topic are not strong, however many. NULL: asked once only, or a member is withheld.';
COMMENT ON COLUMN common_recommendations.bodies IS 'Who asked.';
COMMENT ON COLUMN common_recommendations.sources IS 'Streams the asks came from.';
COMMENT ON COLUMN common_recommendations.years IS 'Calendar years of the asks, all years.';
COMMENT ON COLUMN common_recommendations.first_published IS 'Publication day of the first ask.';
COMMENT ON COLUMN common_recommendations.last_published IS 'Publication day of the latest ask.';
COMMENT ON COLUMN common_recommendations.longest_gap_days IS 'Longest time in days between one ask and the next; NULL with fewer than two dated asks.';
COMMENT ON COLUMN common_recommendations.gaps_days IS 'Days between each ask and the next, the longest first; [] with fewer than two dated asks.';
COMMENT ON COLUMN common_recommendations.undated_count IS 'Of ask_count, those without a publication day; they count in no year.';
COMMENT ON COLUMN common_recommendations.recurring_years IS 'Calendar years inside the window with an ask that a reiterated or independent link joins to another ask.';
COMMENT ON COLUMN common_recommendations.recurring_bodies IS 'Bodies of those asks.';
COMMENT ON COLUMN common_recommendations.recurring_year_count IS 'Length of recurring_years: compared with years_needed.';
COMMENT ON COLUMN common_recommendations.recurring_body_count IS 'Length of recurring_bodies: compared with bodies_needed.';
COMMENT ON COLUMN common_recommendations.after_closure_count IS 'Asks published after another ask of the group was accepted (in full, in part or in principle) or done. More than 0 is perennial whatever the years.';
COMMENT ON COLUMN common_recommendations.document_read_count IS 'Denominator: documents read in the window from the sources that asked. A small number makes any verdict weak.';
COMMENT ON COLUMN common_recommendations.year_read_count IS 'Denominator: years of the window in which at least one document of those sources was read. Fewer than years_needed: the verdict could hardly have been yes.';
COMMENT ON COLUMN common_recommendations.documents_read IS 'Denominator in full: documents read per source and year of the window, 0 where none was.';
COMMENT ON COLUMN common_recommendations.is_perennial IS 'The stated rule (see parameters): enough years and enough bodies in the window, or asked again after acceptance or closure.';
COMMENT ON COLUMN common_recommendations.verdict IS 'The rule''s answer in words.';
COMMENT ON COLUMN common_recommendations.is_perennial_one_year_fewer IS 'The verdict if one year fewer were needed.';
COMMENT ON COLUMN common_recommendations.is_perennial_one_year_more IS 'The verdict if one year more were needed.';
COMMENT ON COLUMN common_recommendations.is_perennial_one_body_fewer IS 'The verdict if one body fewer were needed.';
COMMENT ON COLUMN common_recommendations.is_perennial_one_body_more IS 'The verdict if one body more were needed.';
COMMENT ON COLUMN common_recommendations.sensitivity IS 'The verdict for each number of years and bodies that could be needed: read how far it hangs on the rule.';
