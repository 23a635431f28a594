//! The names that the file defines, so that a name that leads nowhere is found, and the one that was meant is offered.
//!
//! Pure. Imports siblings only.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::names::{self, shown};
use super::reader::Section;

/// What the rest of the file says, so that names can be looked up before they are read.
pub(super) struct Known<'v> {
    providers: Names<'v>,
    apis: Names<'v>,
    profiles: Names<'v>,
    /// Why the providers that cannot be used cannot.
    broken: HashMap<String, String>,
    /// The provider that each API names.
    provider_of: HashMap<&'v str, &'v str>,
}

/// The names of one kind.
struct Names<'v> {
    in_order: Vec<&'v str>,
    all: HashSet<&'v str>,
}

impl<'v> Names<'v> {
    fn of(names: impl Iterator<Item = &'v str>) -> Self {
        let in_order: Vec<_> = names.collect();
        Self { all: in_order.iter().copied().collect(), in_order }
    }

    /// Reports a name that leads nowhere.
    fn check(&self, section: &mut Section<'_, '_, '_>, key: &str, (name, span): (&str, &Range<usize>), kind: &str) {
        if self.all.contains(name) {
            return;
        }
        // Looking for the nearest name takes time, and a problem that is not kept needs none.
        let hint = if section.notes.is_full() { None } else { names::meant(name, self.in_order.iter().copied()) };
        section.wrong(key, span, &format!("there is no {kind} `{}`", shown(name)), hint);
    }
}

impl<'v> Known<'v> {
    /// The names of the providers, of the APIs with the provider each names, and of the profiles.
    pub(super) fn of(
        providers: impl Iterator<Item = &'v str>,
        apis: impl Iterator<Item = (&'v str, Option<&'v str>)> + Clone,
        profiles: impl Iterator<Item = &'v str>,
    ) -> Self {
        Self {
            providers: Names::of(providers),
            apis: Names::of(apis.clone().map(|(api, _)| api)),
            profiles: Names::of(profiles),
            broken: HashMap::new(),
            provider_of: apis.filter_map(|(api, provider)| Some((api, provider?))).collect(),
        }
    }

    /// Takes note that this provider cannot be used.
    pub(super) fn broken(&mut self, provider: &str, why: String) {
        self.broken.insert(provider.to_owned(), why);
    }

    /// Whether there is a profile of this name.
    pub(super) fn has_profile(&self, name: &str) -> bool {
        self.profiles.all.contains(name)
    }

    /// Reports a `provider` that is not in the file.
    pub(super) fn check_provider(&self, section: &mut Section<'_, '_, '_>, name: &str, span: &Range<usize>) {
        self.providers.check(section, "provider", (name, span), "provider");
    }

    /// Reports the name of a profile that is not in the file.
    pub(super) fn check_profile(&self, section: &mut Section<'_, '_, '_>, key: &str, name: &str, span: &Range<usize>) {
        self.profiles.check(section, key, (name, span), "profile");
    }

    /// Reports an API that is not in the file, or trusts another provider.
    pub(super) fn check_api(
        &self,
        section: &mut Section<'_, '_, '_>,
        name: &str,
        span: &Range<usize>,
        provider: Option<&str>,
    ) {
        self.apis.check(section, "apis", (name, span), "API");
        if let (Some(provider), Some(other)) = (provider, self.provider_of.get(name))
            && provider != *other
        {
            let what = format!("the API `{}` trusts the provider `{}`", shown(name), shown(other));
            section.wrong("apis", span, &format!("{what}, not `{}`", shown(provider)), None);
        }
    }

    /// Why this provider cannot be used, when it cannot.
    pub(super) fn why_not(&self, provider: &str) -> Option<String> {
        self.broken.get(provider).map(|why| format!("provider {}: {why}", shown(provider)))
    }
}
