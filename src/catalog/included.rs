//! What a bundle includes of each product.

use std::collections::BTreeMap;

use super::Component;
use crate::values::{OutOfRange, ProductId, Quantity};

/// Included units a month by product, summed over the components; the bundles of a package count by their own.
pub fn total(components: &[Component]) -> Result<BTreeMap<ProductId, Quantity>, OutOfRange> {
    let mut totals = BTreeMap::new();
    for component in components {
        if let Component::Product { product, included } = component {
            let total = totals.entry(*product).or_insert(Quantity::ZERO);
            *total = total.checked_add(*included)?;
        }
    }
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::BundleId;

    #[test]
    fn the_same_product_of_two_members_is_summed() {
        let (storage, traffic) = (ProductId::generate(), ProductId::generate());
        let part = |product, units| Component::Product { product, included: Quantity::whole(units) };
        let parts = [
            part(storage, 100),
            Component::Bundle(BundleId::generate()),
            part(traffic, 5),
            part(storage, 50),
        ];
        let expected = BTreeMap::from([(storage, Quantity::whole(150)), (traffic, Quantity::whole(5))]);
        assert_eq!(total(&parts), Ok(expected));
    }
}
