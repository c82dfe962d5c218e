//! What an action is: a thing that a route does, said once, with everything the rules need to know.

/// Where an action happens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// In one workspace: the caller's standing there counts.
    Workspace,
    /// On the installation or on the caller's own account: no workspace is named.
    Installation,
    /// Before anybody has signed in.
    Anyone,
}

/// What there is to know about an action before anybody asks for it.
#[derive(Debug)]
pub struct ActionInfo {
    /// The name in policies, in the ledger and in `holdfast routes`.
    pub name: &'static str,
    /// What it does, as a plain sentence that can follow "may".
    pub words: &'static str,
    /// Where it happens.
    pub scope: Scope,
    /// Whether it changes anything.
    pub changing: bool,
    /// Whether it is a change that read-only mode still allows: it takes power away, ends something,
    /// or is the way back.
    pub tightening: bool,
    /// Whether it needs a fresh touch of a passkey, bound to this very request.
    pub step_up: bool,
    /// The scope a token needs for it; `None` means that no token ever may.
    pub token_scope: Option<&'static str>,
    /// Whether a support grant opens it to an operator: a look, masked.
    pub support: bool,
    /// Whether values leave by it in clear.
    pub in_clear: bool,
    /// Whether it needs an approved grant.
    pub needs_grant: bool,
}

/// An action as a type, so that a handler can demand the right to it in its signature.
pub trait Action: Send + Sync + 'static {
    /// What there is to know about it.
    const INFO: ActionInfo;
    /// The same, with one address for the life of the process.
    fn info() -> &'static ActionInfo;
}

/// How an action touches the state, in the table's words.
#[derive(Clone, Copy)]
pub(crate) enum Effect {
    /// Looks only.
    Reads,
    /// Changes something; refused in read-only mode.
    Changes,
    /// Changes something and is allowed in read-only mode.
    Tightens,
}

/// Who, apart from the roles, can ask: a token and a fresh touch exclude each other by construction.
#[derive(Clone, Copy)]
pub(crate) enum By {
    /// A session, or nobody in particular; never a token.
    Session,
    /// A session with a fresh touch; never a token.
    Touch,
    /// A session, or a token with this scope.
    Token(&'static str),
}

/// What an action has to do with grants, in the table's words.
#[derive(Clone, Copy)]
pub(crate) enum Grants {
    /// Nothing.
    No,
    /// An operator with a support grant may do it.
    Support,
    /// It lets a value out in clear, one at a time.
    Clear,
    /// It lets values out in clear, and needs an approved grant.
    Export,
}

impl ActionInfo {
    pub(crate) const fn row(
        name: &'static str,
        scope: Scope,
        effect: Effect,
        by: By,
        (grants, words): (Grants, &'static str),
    ) -> Self {
        Self {
            name,
            words,
            scope,
            changing: !matches!(effect, Effect::Reads),
            tightening: matches!(effect, Effect::Tightens),
            step_up: matches!(by, By::Touch),
            token_scope: match by {
                By::Token(scope) => Some(scope),
                By::Session | By::Touch => None,
            },
            support: matches!(grants, Grants::Support),
            in_clear: matches!(grants, Grants::Clear | Grants::Export),
            needs_grant: matches!(grants, Grants::Export),
        }
    }
}
