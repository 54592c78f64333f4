CREATE VIEW recommendations AS
WITH themed AS (
    SELECT
        recommendation_id,
        list(theme ORDER BY theme) AS themes,
        list({'theme': theme, 'score': score, 'reason': reason, 'is_reviewed': is_reviewed} ORDER BY theme) AS theme_details,
        bool_or(is_reviewed) AS has_reviewed_theme
    FROM base.current_theme GROUP BY recommendation_id
),
grouped AS (
    SELECT recommendation_id, min(common_id) AS common_id FROM base.common_member GROUP BY recommendation_id
)
SELECT
    recommendation.recommendation_id,
    recommendation.ask_id,
    recommendation.recommendation_id <> recommendation.ask_id AS is_reprint,
    TRY_CAST(recommendation.kind AS kind) AS kind,
    recommendation.label,
    recommendation.text,
    document.body,
    document.source,
    document.published,
    year(document.published) AS year,
    coalesce(themed.themes, []) AS themes,
    coalesce(assignment.is_abstained, TRUE) AND themed.themes IS NULL AS is_abstained,
    coalesce(themed.theme_details, []) AS theme_details,
    coalesce(themed.has_reviewed_theme, FALSE) AS has_reviewed_theme,
    assignment.nearest_theme,
    assignment.nearest_score,
    assignment.nearest_reason,
    grouped.common_id,
    coalesce(trait.levers, []) AS levers,
    coalesce(trait.smart_who, FALSE) AS has_who,
    coalesce(trait.smart_what, FALSE) AS has_what,
    coalesce(trait.smart_when, FALSE) AS has_when,
    recommendation.addressees,
    recommendation.deadline,
    recommendation.deadline_text,
    TRY_CAST(recommendation.status AS status) AS status,
    recommendation.status_text,
    recommendation.response_text,
    recommendation.response_page,
    document.title AS document_title,
    recommendation.page,
    recommendation.page_end,
    recommendation.also_on_pages,
    base.page_url(document.url, document.media_type, recommendation.page) AS page_url,
    recommendation.parts,
    recommendation.spans,
    recommendation.boxes,
    recommendation.confidence,
    recommendation.grammar,
    recommendation.sha256,
    document.is_restricted,
    CAST(document.fetched_at AS DATE) AS first_seen
FROM base.recommendation
JOIN base.document USING (sha256)
LEFT JOIN base.assignment USING (recommendation_id)
LEFT JOIN themed USING (recommendation_id)
LEFT JOIN base.trait USING (recommendation_id)
LEFT JOIN grouped USING (recommendation_id);
COMMENT ON VIEW recommendations IS 'One row a recommendation, verbatim, with its place, themes and common recommendation. To count asks, leave out kind quoted_recommendation and is_reprint, or use register.';
COMMENT ON COLUMN recommendations.recommendation_id IS 'Hash of document and text: the same every night.';
COMMENT ON COLUMN recommendations.ask_id IS 'recommendation_id of the first printing of the same ask; joins to register.recommendation_id.';
COMMENT ON COLUMN recommendations.is_reprint IS 'True: the same ask was printed before (press version, other page, response). Never recurrence.';
COMMENT ON COLUMN recommendations.kind IS 'recommendation, area_for_improvement, cause_of_concern, concern (a coroner''s), agreed_action, or quoted_recommendation (restated in a response). Units differ between bodies: compare counts within a kind.';
COMMENT ON COLUMN recommendations.label IS 'Number or letter as printed; NULL: none.';
COMMENT ON COLUMN recommendations.text IS 'Verbatim, found again in the archived bytes; line breaks, hyphens, footnote marks and running heads repaired.';
COMMENT ON COLUMN recommendations.body IS 'Who asks. For a restatement whose report was not read: who answers.';
COMMENT ON COLUMN recommendations.source IS 'The stream.';
COMMENT ON COLUMN recommendations.published IS 'Publication day of the document; NULL: not known.';
COMMENT ON COLUMN recommendations.year IS 'Calendar year of published.';
COMMENT ON COLUMN recommendations.themes IS 'Slugs as they stand, reviews included; [] when none. Several themes are possible, so shares add up to more than 1.';
COMMENT ON COLUMN recommendations.is_abstained IS 'True: the classifier gave no theme and no person has. Not the same as "about nothing": see nearest_theme.';
COMMENT ON COLUMN recommendations.theme_details IS 'For each theme its calibrated probability (0 to 1; NULL when only a person gave it), reason, and whether a person confirmed it.';
COMMENT ON COLUMN recommendations.has_reviewed_theme IS 'True: a person confirmed or added at least one of the themes.';
COMMENT ON COLUMN recommendations.nearest_theme IS 'The theme that came nearest without reaching its threshold.';
COMMENT ON COLUMN recommendations.nearest_score IS 'Its calibrated probability, 0 to 1.';
COMMENT ON COLUMN recommendations.nearest_reason IS 'Why it came near, in words.';
COMMENT ON COLUMN recommendations.common_id IS 'The common recommendation it is in; NULL: it stands alone.';
COMMENT ON COLUMN recommendations.levers IS 'What it would change: guidance, training, supervision, systems, resources, partnership, governance, estate; several are possible, [] when none was found. By stated rules (pipeline/levers.yml).';
COMMENT ON COLUMN recommendations.has_who IS 'True: a body or role is named as the one to act.';
COMMENT ON COLUMN recommendations.has_what IS 'True: an action is asked for that can be seen to be done.';
COMMENT ON COLUMN recommendations.has_when IS 'True: a date or period is set for it.';
COMMENT ON COLUMN recommendations.addressees IS 'Who is asked, as printed; [] when not said.';
COMMENT ON COLUMN recommendations.deadline IS 'Printed deadline; NULL: none printed. For the date that counts see register.due.';
COMMENT ON COLUMN recommendations.deadline_text IS 'The deadline in its own words.';
COMMENT ON COLUMN recommendations.status IS 'What the response printed on this row says; NULL: none here. For answers in other documents and for reviews see register.';
COMMENT ON COLUMN recommendations.status_text IS 'The words that gave the status.';
COMMENT ON COLUMN recommendations.response_text IS 'The response printed on this row.';
COMMENT ON COLUMN recommendations.response_page IS 'Its page in the same document.';
COMMENT ON COLUMN recommendations.document_title IS 'Title of the document. A coroner''s title may hold a name.';
COMMENT ON COLUMN recommendations.page IS 'First page of the fullest occurrence, counted from 1 in the PDF, not as printed.';
COMMENT ON COLUMN recommendations.page_end IS 'Its last page.';
COMMENT ON COLUMN recommendations.also_on_pages IS 'Other pages of the same document that print it again, such as a summary or an annex.';
COMMENT ON COLUMN recommendations.page_url IS 'Address that opens the document at the page.';
COMMENT ON COLUMN recommendations.parts IS 'Lettered or bulleted parts, part of the text.';
COMMENT ON COLUMN recommendations.spans IS 'Offsets into each page''s raw text; joined and repaired they give text.';
COMMENT ON COLUMN recommendations.boxes IS 'Rectangles on the page in points, origin at the top left; [] when not known.';
COMMENT ON COLUMN recommendations.confidence IS 'Extractor''s confidence, 0 to 1; not a probability.';
COMMENT ON COLUMN recommendations.grammar IS 'Name of the grammar that read it.';
COMMENT ON COLUMN recommendations.sha256 IS 'The document; joins to documents.';
COMMENT ON COLUMN recommendations.is_restricted IS 'True: not in the public file. Do not pass on.';
COMMENT ON COLUMN recommendations.first_seen IS 'Day (UTC) its document was first fetched: since when it is known here. Not the publication day.';
