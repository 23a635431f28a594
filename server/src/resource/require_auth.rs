//! The guard: what a route wants of its caller, and the axum glue that asks for it.

use std::{
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::{FromRequestParts, Request},
    http::{StatusCode, request::Parts},
    response::Response,
    routing::MethodRouter,
};
use tower::{Layer, Service, ServiceExt as _};

use super::{claims::Principal, refusal::Refusal, validator::Validator};
use crate::access_log::{self, Remarks};

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
        route.route_layer(self.layer(requirement))
    }

    /// The same as a layer, for a whole router or any other service.
    pub fn layer(&self, requirement: RequireAuth) -> RequireAuthLayer {
        RequireAuthLayer { validator: self.clone(), requirement: Arc::new(requirement) }
    }
}

/// Lets only those requests pass that satisfy a [`RequireAuth`]. Made by [`Validator::layer`].
#[derive(Debug, Clone)]
pub struct RequireAuthLayer {
    validator: Validator,
    requirement: Arc<RequireAuth>,
}

impl RequireAuthLayer {
    fn refuse(&self, refusal: Refusal, caller: Option<&Principal>) -> Response {
        let why = refusal.description();
        let mut response = refusal.into_answer(self.validator.realm());
        access_log::remark(&mut response, || Remarks { client: caller.and_then(name_of), refused: Some(why) });
        response
    }
}

/// Whom the log names.
fn name_of(principal: &Principal) -> Option<String> {
    principal.client().or(principal.subject()).map(str::to_owned)
}

impl<S> Layer<S> for RequireAuthLayer {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { guard: self.clone(), inner: Arc::new(inner) }
    }
}

/// A service behind a [`RequireAuthLayer`].
#[derive(Debug)]
pub struct Guarded<S> {
    guard: RequireAuthLayer,
    /// Shared, because a router clones its services for each request.
    inner: Arc<S>,
}

impl<S> Clone for Guarded<S> {
    fn clone(&self) -> Self {
        Self { guard: self.guard.clone(), inner: Arc::clone(&self.inner) }
    }
}

impl<S> Service<Request> for Guarded<S>
where
    S: Service<Request, Response = Response> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        // `oneshot` waits for the inner service when it is that one's turn.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let (guard, inner) = (self.guard.clone(), Arc::clone(&self.inner));
        Box::pin(async move {
            let principal = match guard.validator.authenticate(request.headers()).await {
                Ok(principal) => principal,
                Err(refusal) => return Ok(guard.refuse(refusal, None)),
            };
            if let Err(refusal) = guard.requirement.check(&principal) {
                return Ok(guard.refuse(refusal, Some(&principal)));
            }
            request.extensions_mut().insert(Authenticated(Arc::clone(&principal)));
            let mut response = S::clone(&inner).oneshot(request).await?;
            access_log::remark(&mut response, || Remarks { client: name_of(&principal), refused: None });
            Ok(response)
        })
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
