//! The route table: every route of every door, with the action that its policy speaks of.

use axum::Router;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use http::Method;
use policy::{Action, ActionInfo};
use serde::Serialize;

use crate::permit::Permit;
use crate::shape::{Part, Taken};

/// Which listener a route belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoorName {
    /// What the public may reach.
    Collect,
    /// Console, management API, metrics.
    Console,
    /// The socket in the data directory, for commands on the same host.
    Local,
}

/// One row of the table.
#[derive(Clone, Debug)]
pub struct RouteInfo {
    /// Its listener.
    pub door: DoorName,
    /// Its method.
    pub method: Method,
    /// Its path, with `{parameters}`.
    pub path: &'static str,
    /// What it does, in the policy's words.
    pub action: &'static ActionInfo,
    /// What its caller must be allowed beside, each a further [`Permit`] of its handler.
    pub also: Vec<&'static ActionInfo>,
    /// Whether its answers leave on a fixed grid of time ([`Routes::evenly`]).
    pub even: bool,
    /// What it takes besides its path, as its handler's arguments say.
    pub takes: Vec<Taken>,
    /// The kinds of content that it gives.
    pub gives: &'static [&'static str],
}

/// What most routes give.
const JSON: &[&str] = &["application/json"];

/// A handler whose first argument is a [`Permit`]; the compiler reads the action off it.
pub trait Demands {
    /// What the handler's permit is for.
    fn action() -> &'static ActionInfo;
    /// What its further permits are for.
    fn also() -> Vec<&'static ActionInfo>;
    /// What its further arguments take from the request.
    fn takes() -> Vec<Taken>;
}

macro_rules! demands {
    ($(($($rest:ident),*))*) => {$(
        impl<M, A: Action, $($rest: Part),*> Demands for (M, Permit<A>, $($rest,)*) {
            fn action() -> &'static ActionInfo {
                A::info()
            }

            fn also() -> Vec<&'static ActionInfo> {
                [None, $($rest::right()),*].into_iter().flatten().collect()
            }

            fn takes() -> Vec<Taken> {
                [None, $($rest::takes()),*].into_iter().flatten().collect()
            }
        }
    )*};
}
demands! { () (T1) (T1, T2) (T1, T2, T3) (T1, T2, T3, T4) (T1, T2, T3, T4, T5) }

/// Routes of one door and their rows in the table.
pub struct Routes<S> {
    door: DoorName,
    router: Router<S>,
    table: Vec<RouteInfo>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet.
    pub fn new(door: DoorName) -> Self {
        Self { door, router: Router::new(), table: Vec::new() }
    }

    /// A route that is read.
    pub fn get<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Demands + 'static,
    {
        self.add(Method::GET, MethodFilter::GET, path, handler)
    }

    /// A route that makes or does something.
    pub fn post<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Demands + 'static,
    {
        self.add(Method::POST, MethodFilter::POST, path, handler)
    }

    /// A route that sets something.
    pub fn put<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Demands + 'static,
    {
        self.add(Method::PUT, MethodFilter::PUT, path, handler)
    }

    /// A route that changes part of something.
    pub fn patch<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Demands + 'static,
    {
        self.add(Method::PATCH, MethodFilter::PATCH, path, handler)
    }

    /// A route that ends something.
    pub fn delete<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Demands + 'static,
    {
        self.add(Method::DELETE, MethodFilter::DELETE, path, handler)
    }

    /// The route added last gives something else than JSON, or several kinds of content.
    pub fn giving(mut self, kinds: &'static [&'static str]) -> Self {
        if let Some(route) = self.table.last_mut() {
            route.gives = kinds;
        }
        self
    }

    /// Routes that need no principal because a dialect has its own proof (the write key); the rows
    /// are the list from which `router` was made.
    pub fn dialect(
        mut self,
        rows: &[(Method, &'static str)],
        action: &'static ActionInfo,
        router: Router<S>,
    ) -> Self {
        let door = self.door;
        self.table.extend(rows.iter().map(|(method, path)| RouteInfo {
            door,
            method: method.clone(),
            path,
            action,
            also: Vec::new(),
            even: false,
            takes: Vec::new(),
            gives: JSON,
        }));
        self.router = self.router.merge(router);
        self
    }

    /// Answers of the routes so far leave on a fixed grid of time: nobody learns from an answer's time whether a name, code
    /// or passkey is known.
    pub fn evenly(mut self) -> Self {
        self.router = self.router.layer(axum::middleware::from_fn(crate::grid::answer));
        for route in &mut self.table {
            route.even = true;
        }
        self
    }

    /// Answers of the routes so far are put in other words: for a standard that has its own for what went wrong.
    pub fn reworded(mut self, words: fn(Response) -> Response) -> Self {
        let reword = move |response: Response| std::future::ready(words(response));
        self.router = self.router.layer(axum::middleware::map_response(reword));
        self
    }

    /// These routes and those.
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self
    }

    /// The router and its rows.
    pub fn finish(self) -> (Router<S>, Vec<RouteInfo>) {
        (self.router, self.table)
    }

    fn add<H, T>(mut self, method: Method, filter: MethodFilter, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Demands + 'static,
    {
        let (action, also, takes) = (T::action(), T::also(), T::takes());
        let door = self.door;
        self.table.push(RouteInfo { door, method, path, action, also, even: false, takes, gives: JSON });
        self.router = self.router.route(path, on(filter, handler));
        self
    }
}
