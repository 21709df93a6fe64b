//! [`Permissions`]: what the handlers of a resource type have to be allowed to do.

/// What CloudFormation does with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// It makes one.
    Create,
    /// It reads its state, also while it makes or changes it.
    Read,
    /// It changes one.
    Update,
    /// It removes one.
    Delete,
    /// It lists all.
    List,
}

impl Handler {
    const fn letter(self) -> char {
        match self {
            Handler::Create => 'c',
            Handler::Read => 'r',
            Handler::Update => 'u',
            Handler::Delete => 'd',
            Handler::List => 'l',
        }
    }
}

/// The IAM actions that the handlers of a resource type use, as its schema lists them.
///
/// A group of the line is `service:letters:Name,Name`; the letters are those of the handlers.
#[derive(Clone, Copy, Debug)]
pub struct Permissions(&'static str);

impl Permissions {
    /// The permissions of a line of the table, without the type's name.
    pub const fn new(line: &'static str) -> Permissions {
        Permissions(line)
    }

    /// The actions that any of these handlers uses, such as `sns:CreateTopic`, by service.
    pub fn actions(self, handlers: &[Handler]) -> impl Iterator<Item = String> {
        let groups = self.0.split(' ').filter_map(|group| {
            let (service, rest) = group.split_once(':')?;
            let (letters, names) = rest.split_once(':')?;
            Some((service, letters, names))
        });
        groups
            .filter(|(_, letters, _)| handlers.iter().any(|it| letters.contains(it.letter())))
            .flat_map(|(service, _, names)| {
                names.split(',').map(move |name| format!("{service}:{name}"))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_those_of_the_handlers() {
        let permissions = Permissions::new("iam:c:PassRole sns:c:CreateTopic sns:crud:Get,List");
        let of = |handlers: &[Handler]| permissions.actions(handlers).collect::<Vec<_>>().join(" ");
        assert_eq!(of(&[Handler::Create]), "iam:PassRole sns:CreateTopic sns:Get sns:List");
        assert_eq!(of(&[Handler::Read, Handler::Update]), "sns:Get sns:List");
        assert_eq!(of(&[Handler::List]), "");
    }
}
