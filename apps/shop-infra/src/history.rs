//! The change history of the infrastructure, read off the synthesized templates of all revisions.

use std::collections::BTreeMap;

use fc_cdk::{
    App, Diagnostic, Map, Node, Severity, StackArtifact,
    aws::resource_type,
    diff::{Impact, StackSide, diff_stacks},
    json,
    toolkit::Synthesis,
};

use crate::{
    Revision, Settings, shop,
    technology::{Found, Language, TECHNOLOGIES, Technology, Text},
};

/// A row of the technology table: a technology that was there from a revision on. One that left and came back has two.
#[derive(Clone, Copy)]
pub struct Row {
    /// What was applied.
    pub technology: &'static Technology,
    /// The revision that brought it.
    pub revision: Revision,
    /// The first revision without it, if it left.
    pub left: Option<Revision>,
}

/// What a revision did to the one before.
pub struct Step {
    /// The revision.
    pub revision: Revision,
    /// The technologies that came.
    pub came: Vec<&'static Technology>,
    /// The technologies whose resources changed.
    pub changed: Vec<&'static Technology>,
    /// The technologies that left.
    pub left: Vec<&'static Technology>,
    /// How many resources are added, updated, replaced, kept outside the stacks, removed.
    pub resources: Vec<(Impact, usize)>,
}

/// The change history.
pub struct History {
    revisions: Vec<(Revision, Synthesis)>,
}

/// The resources of a technology, by stack and logical id.
type Evidence = BTreeMap<(String, String), String>;

impl History {
    /// Synthesizes all revisions. The history is that of a shop which is subscribed to Shield Advanced, as that of the source was.
    ///
    /// # Errors
    ///
    /// When a revision has errors; says the first of them.
    pub fn of(settings: &Settings) -> Result<History, String> {
        let mut settings = settings.clone();
        settings.shield.subscribed = true;
        let synthesize = |revision: Revision| {
            let app = App::new();
            shop(&app, &settings, revision);
            let synthesis = Synthesis::of(app, None, Some(resource_type));
            let is_error = |finding: &&Diagnostic| finding.severity == Severity::Error;
            match synthesis.assembly().diagnostics().iter().find(is_error) {
                Some(error) => Err(format!("{revision} has errors: {}", error.message)),
                None => Ok((revision, synthesis)),
            }
        };
        let revisions: Result<_, String> = Revision::ALL.into_iter().map(synthesize).collect();
        Ok(History { revisions: revisions? })
    }

    /// The resources by which a technology is in a revision.
    pub fn evidence(&self, technology: &Technology, revision: Revision) -> Vec<(String, String)> {
        self.resources(technology, revision).into_keys().collect()
    }

    /// The stacks of a revision.
    pub fn stacks(&self, revision: Revision) -> &[StackArtifact] {
        let synthesis = self.revisions.iter().find(|(known, _)| *known == revision);
        synthesis.map_or(&[], |(_, synthesis)| synthesis.assembly().stacks())
    }

    fn resources(&self, technology: &Technology, revision: Revision) -> Evidence {
        let mut evidence = Evidence::new();
        for stack in self.stacks(revision) {
            // The names of stacks begin with that of the shop.
            let part = stack.display_name().rsplit('-').next().unwrap_or_default();
            for resource in stack.template().resources() {
                let found = Found(resource);
                if technology.is_in(part, &found) {
                    let key = (part.to_owned(), found.0.logical_id().to_string());
                    evidence.insert(key, Node::Map(found.0.body().clone()).to_json());
                }
            }
        }
        evidence
    }

    /// The technology table, in the order of the source.
    pub fn table(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for technology in TECHNOLOGIES {
            let mut open: Option<Revision> = None;
            for revision in Revision::ALL {
                let is_there = !self.evidence(technology, revision).is_empty();
                match (open, is_there) {
                    (None, true) => open = Some(revision),
                    (Some(since), false) => {
                        rows.push(Row { technology, revision: since, left: Some(revision) });
                        open = None;
                    }
                    _ => {}
                }
            }
            rows.extend(open.map(|revision| Row { technology, revision, left: None }));
        }
        // Within a category in which one takes the place of another, by time.
        let place = |row: &Row| {
            let same = |other: &Technology| other.category == row.technology.category;
            TECHNOLOGIES.iter().position(same).unwrap_or_default()
        };
        let returns = |rows: &[Row], row: &Row| {
            rows.iter().any(|other| {
                other.technology.name == row.technology.name
                    && other.technology.category == row.technology.category
                    && other.revision < row.revision
            })
        };
        let all = rows.clone();
        rows.sort_by_key(|row| (place(row), returns(&all, row)));
        rows
    }

    /// What each revision did to the one before; the first to nothing.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut before: Option<Revision> = None;
        for revision in Revision::ALL {
            let (mut came, mut changed, mut left) = (Vec::new(), Vec::new(), Vec::new());
            for technology in TECHNOLOGIES {
                let old = before.map(|old| self.resources(technology, old)).unwrap_or_default();
                let new = self.resources(technology, revision);
                match (old.is_empty(), new.is_empty()) {
                    (true, false) => came.push(technology),
                    (false, true) => left.push(technology),
                    _ if old != new => changed.push(technology),
                    _ => {}
                }
            }
            let sides =
                |revision| self.stacks(revision).iter().map(StackSide::of_artifact).collect();
            let old: Vec<StackSide<'_>> = before.map(sides).unwrap_or_default();
            let new = sides(revision);
            let mut resources: BTreeMap<usize, usize> = BTreeMap::new();
            for stack in diff_stacks(&old, &new, &resource_type) {
                for change in &stack.template.resources {
                    let place = Impact::ALL.iter().position(|impact| *impact == change.impact);
                    *resources.entry(place.unwrap_or_default()).or_default() += 1;
                }
            }
            let resources =
                resources.into_iter().map(|(place, count)| (Impact::ALL[place], count)).collect();
            steps.push(Step { revision, came, changed, left, resources });
            before = Some(revision);
        }
        steps
    }

    /// The history for people, as Markdown.
    pub fn to_markdown(&self, language: Language) -> String {
        let say = |text: Text| text.get(language);
        let mut text = format!("# {}\n\n## {}\n\n", say(TITLE), say(TABLE));
        let heads = HEADS.map(say).join(" | ");
        text.push_str(&format!("| {heads} |\n|---|---|---|---|---|\n"));
        let mut category = "";
        for row in self.table() {
            let this = say(row.technology.category.name());
            let shown = if this == category { "" } else { this };
            category = this;
            let (name, date) = (say(row.technology.name), date(row.revision));
            text.push_str(&format!("| {shown} | {name} | {date} | {date} | {} |\n", row.revision));
        }
        text.push_str(&format!("\n## {}\n", say(STEPS)));
        for step in self.steps() {
            text.push_str(&format!("\n### {} ({})\n\n", step.revision, date(step.revision)));
            for (title, technologies) in
                [(CAME, &step.came), (CHANGED, &step.changed), (LEFT, &step.left)]
            {
                if !technologies.is_empty() {
                    let names: Vec<String> = technologies
                        .iter()
                        .map(|technology| full_name(technology, language))
                        .collect();
                    text.push_str(&format!("- {}: {}\n", say(title), names.join(", ")));
                }
            }
            let counts: Vec<String> = step
                .resources
                .iter()
                .map(|(impact, count)| format!("{} {count}", say(impact_name(*impact))))
                .collect();
            text.push_str(&format!("- {}: {}\n", say(RESOURCES), counts.join(", ")));
        }
        text
    }

    /// The history for programs.
    pub fn to_node(&self, language: Language) -> Node {
        let say = |text: Text| text.get(language);
        let rows = self.table().into_iter().map(|row| {
            json!({
                "category": say(row.technology.category.name()),
                "technology": say(row.technology.name),
                "firstApplied": row.revision.features().date,
                "changed": row.revision.features().date,
                "revision": row.revision.name(),
                "left": row.left.map_or(Node::Null, |revision| revision.name().into())
            })
        });
        let names = |technologies: &[&'static Technology]| {
            let entry = |technology: &&'static Technology| {
                json!({
                    "category": say(technology.category.name()),
                    "technology": say(technology.name)
                })
            };
            Node::List(technologies.iter().map(entry).collect())
        };
        let steps = self.steps().into_iter().map(|step| {
            let mut counts = Map::new();
            for (impact, count) in &step.resources {
                counts.insert(impact.as_str(), *count as i64);
            }
            json!({
                "revision": step.revision.name(),
                "date": step.revision.features().date,
                "came": names(&step.came),
                "changed": names(&step.changed),
                "left": names(&step.left),
                "resources": Node::Map(counts)
            })
        });
        json!({
            "language": language.code(),
            "technologies": Node::List(rows.collect()),
            "revisions": Node::List(steps.collect())
        })
    }
}

/// Names that several categories have, such as `Amazon S3`, with the category.
fn full_name(technology: &Technology, language: Language) -> String {
    let name = technology.name.get(language);
    let same = TECHNOLOGIES.iter().filter(|other| other.name == technology.name).count();
    match same {
        1 => name.to_owned(),
        _ => format!("{name} ({})", technology.category.name().get(language)),
    }
}

/// As the source writes dates: `2024. 04. 14.`
fn date(revision: Revision) -> String {
    format!("{}.", revision.features().date.replace('-', ". "))
}

const TITLE: Text = Text::new("변경 이력", "Change history", "変更履歴");
const TABLE: Text = Text::new("기술 목록", "Technologies", "技術一覧");
const STEPS: Text = Text::new("이력 버전", "Revisions", "履歴バージョン");
const CAME: Text = Text::new("추가", "Came", "追加");
const CHANGED: Text = Text::new("변경", "Changed", "変更");
const LEFT: Text = Text::new("제거", "Left", "削除");
const RESOURCES: Text = Text::new("리소스", "Resources", "リソース");
const HEADS: [Text; 5] = [
    Text::new("구분", "Category", "区分"),
    Text::new("구현 기술 및 서비스", "Technology or service", "実装技術およびサービス"),
    Text::new("적용 일자", "First applied", "適用日"),
    Text::new("변경 일자", "Changed", "変更日"),
    Text::new("이력 버전", "Revision", "履歴バージョン"),
];

const fn impact_name(impact: Impact) -> Text {
    match impact {
        Impact::Moved | Impact::Rename => Text::new("이동", "moved", "移動"),
        Impact::Attributes | Impact::Update => Text::new("수정", "updated", "更新"),
        Impact::Add => Text::new("추가", "added", "追加"),
        Impact::Orphan => {
            Text::new("보존 후 제외", "retained outside the stack", "スタック外で保持")
        }
        Impact::MayReplace => Text::new("교체 가능", "may be replaced", "置換の可能性"),
        Impact::Replace => Text::new("교체", "replaced", "置換"),
        Impact::Remove => Text::new("제거", "removed", "削除"),
    }
}
