//! The guard: what a route wants of its caller, and the axum glue that asks for it.

use std::{ops::Deref, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, request::Parts},
    middleware::{self, Next},
    response::Response,
    routing::MethodRouter,
};

use super::{claims::Principal, refusal::Refusal, validator::Validator};
use crate::access_log::Caller;

/// What a route wants of its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequireAuth {
    scopes: Vec<String>,
}

impl RequireAuth {
    /// Any valid access token.
    pub fn any() -> Self {
        Self { scopes: Vec::new() }
    }

    /// A valid access token with this scope. Several, separated by spaces, are all wanted.
    pub fn scope(scope: &str) -> Self {
        Self { scopes: scope.split_ascii_whitespace().map(str::to_owned).collect() }
    }

    /// The wanted scopes; none for any valid token.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether this caller may pass.
    pub(super) fn check(&self, principal: &Principal) -> Result<(), Refusal> {
        match self.scopes.iter().find(|scope| !principal.has_scope(scope)) {
            None => Ok(()),
            Some(_) => Err(Refusal::MissingScope { scope: self.scopes.join(" ") }),
        }
    }
}

impl Validator {
    /// Puts `requirement` before every method of a route. Its handlers can take [`Authenticated`].
    pub fn protect<S>(&self, requirement: RequireAuth, route: MethodRouter<S>) -> MethodRouter<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let guard = Arc::new(Guard { validator: self.clone(), requirement });
        route.route_layer(middleware::from_fn_with_state(guard, pass))
    }
}

struct Guard {
    validator: Validator,
    requirement: RequireAuth,
}

async fn pass(State(guard): State<Arc<Guard>>, mut request: Request, next: Next) -> Response {
    match guard.validator.check(request.headers(), &guard.requirement).await {
        Ok(principal) => {
            let caller = principal.client().or(principal.subject()).map(str::to_owned);
            request.extensions_mut().insert(Authenticated(principal));
            let mut response = next.run(request).await;
            if let Some(caller) = caller {
                response.extensions_mut().insert(Caller(caller));
            }
            response
        }
        Err(refusal) => refusal.into_answer(guard.validator.realm()),
    }
}

/// The caller of a protected route, for its handler.
#[derive(Debug, Clone)]
pub struct Authenticated(Arc<Principal>);

impl Deref for Authenticated {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Authenticated {
    type Rejection = StatusCode;

    /// Fails only where a handler that wants a caller stands on a route that is not protected.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
