//! What institutions are to each other, and the replies that they prepare.

use super::{Mistake, expect};

const INSTITUTIONS_ARE_TIED_TO_OTHERS_THAT_ARE_THERE: &[Mistake<'_>] = &[(
    &[
        (
            "institutions/bj-sante.toml",
            "order = 10",
            "order = 10\noverseen_by = \"bj-desk\"\nalso = [\"bj-dsk\", \"rw-desk\", \"bj-sante\"]\nkind = \"bureau\"",
        ),
        (
            "institutions/bj-desk.toml",
            "order = 90",
            "order = 90\noverseen_by = \"bj-sante\"",
        ),
    ],
    r#"
error: they oversee each other in a circle: bj-desk → bj-sante → bj-desk
 --> institutions/bj-desk.toml:6:15
  |
6 | overseen_by = "bj-sante"
  |               ^^^^^^^^^^
  |
  = help: take `overseen_by` out of one of them

error: there is no institution `bj-dsk`
 --> institutions/bj-sante.toml:6:9
  |
6 | also = ["bj-dsk", "rw-desk", "bj-sante"]
  |         ^^^^^^^^
  |
  = help: did you mean `bj-desk`?

error: `rw-desk` is an institution of `RW`
 --> institutions/bj-sante.toml:6:19
  |
6 | also = ["bj-dsk", "rw-desk", "bj-sante"]
  |                   ^^^^^^^^^
  |
  = help: name one of `BJ`

error: this is the institution itself
 --> institutions/bj-sante.toml:6:30
  |
6 | also = ["bj-dsk", "rw-desk", "bj-sante"]
  |                              ^^^^^^^^^^
  |
  = help: name another one

error: `bureau` is no kind of institution
 --> institutions/bj-sante.toml:7:8
  |
7 | kind = "bureau"
  |        ^^^^^^^^
  |
  = help: write `office`, or `media` for one that only relays what citizens publish
"#,
)];

#[test]
fn institutions_are_tied_to_others_that_are_there() {
    expect(INSTITUTIONS_ARE_TIED_TO_OTHERS_THAT_ARE_THERE);
}

const TEMPLATES_ARE_CHECKED_AS_MENUS_ARE: &[Mistake<'_>] = &[(
    &[(
        "institutions/bj-sante.toml",
        "[api]",
        "[templates.visit]\nvariables = [\"date\", \"code\"]\nfr = \"Visite le {dat}, ça ira ({code}).\"\nde = \"{\"\n\n[api]",
    )],
    r#"
error: the template `visit` has no text in `en`
  --> institutions/bj-sante.toml:16:12
   |
16 | [templates.visit]
   |            ^^^^^
   |
   = help: add `en = "…"`

error: `code` is filled in by itself
  --> institutions/bj-sante.toml:17:22
   |
17 | variables = ["date", "code"]
   |                      ^^^^^^
   |
   = help: take it out of `variables`

error: nothing fills `{dat}`
  --> institutions/bj-sante.toml:18:6
   |
18 | fr = "Visite le {dat}, ça ira ({code})."
   |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: did you mean `date`? Or declare it: `variables = ["dat"]`

warning: `ç` makes this text dear
  --> institutions/bj-sante.toml:18:6
   |
18 | fr = "Visite le {dat}, ça ira ({code})."
   |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: 70 characters a part instead of 160: write it without

error: `de` is no language of the country
  --> institutions/bj-sante.toml:19:1
   |
19 | de = "{"
   | ^^
   |
   = help: one of: `en`, `fr`

error: a `{` or `}` stands alone
  --> institutions/bj-sante.toml:19:6
   |
19 | de = "{"
   |      ^^^
   |
   = help: write places as `{code}`
"#,
)];

#[test]
fn templates_are_checked_as_menus_are() {
    expect(TEMPLATES_ARE_CHECKED_AS_MENUS_ARE);
}
