-- Source lines come with the version that sums them, and stay.

CREATE OR REPLACE TRIGGER of_the_publication AFTER INSERT ON slice_lines
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_lineage('SEALED');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON slice_lines
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('slice_lines only grows');
