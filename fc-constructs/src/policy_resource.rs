//! A policy that grows after its resource exists.

use std::{cell::RefCell, rc::Rc};

use fc_cdk_core::{
    Resource, Scope,
    policy::{PolicyDocument, Statement},
};

/// The statements of a resource's policy; the resource is made with the first one.
#[derive(Clone)]
pub(crate) struct GrowingPolicy {
    scope: Scope,
    property: &'static str,
    make: Rc<dyn Fn(&Scope) -> Resource>,
    document: Rc<RefCell<PolicyDocument>>,
    resource: Rc<RefCell<Option<Resource>>>,
}

impl GrowingPolicy {
    /// A policy without statements. `make` makes the resource that holds it in `property`; at synth the property is set.
    pub(crate) fn new(
        scope: &Scope,
        property: &'static str,
        make: impl Fn(&Scope) -> Resource + 'static,
    ) -> GrowingPolicy {
        let (document, resource) = (Rc::default(), Rc::default());
        GrowingPolicy { scope: scope.clone(), property, make: Rc::new(make), document, resource }
    }

    /// Adds a statement, and the resource where this is the first.
    pub(crate) fn add(&self, statement: Statement) {
        self.document.borrow_mut().push(statement);
        if self.resource.borrow().is_some() {
            return;
        }
        let resource = (self.make)(&self.scope);
        let (document, property) = (self.document.clone(), self.property);
        resource.scope().at_synth(move |scope| {
            if let Some(resource) = scope.as_resource() {
                resource.set_property(property, document.borrow().to_node());
            }
        });
        *self.resource.borrow_mut() = Some(resource);
    }

    /// The resource, once there is a statement.
    pub(crate) fn resource(&self) -> Option<Resource> {
        self.resource.borrow().clone()
    }
}
