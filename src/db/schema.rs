//! Every table, once for both databases; the column types that differ are those of `columns`.

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    settings (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    applicants (id) {
        id -> Uid,
        email -> Text,
        verified_at -> Nullable<Instant>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    request_counts (state) {
        state -> Text,
        request_count -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    reseller_request_info (id) {
        id -> Uid,
        reference -> Text,
        applicant_id -> Uid,
        state -> Text,
        resume_state -> Nullable<Text>,
        legal_name -> Text,
        trading_name -> Text,
        registration_number -> Text,
        tax_id -> Text,
        website -> Text,
        country -> Text,
        address -> Text,
        contact_name -> Text,
        job_title -> Text,
        email -> Text,
        phone -> Text,
        user_name -> Text,
        sells_today -> Text,
        target_market -> Text,
        expected_customers -> Nullable<BigInt>,
        expected_revenue -> Nullable<Amt>,
        expected_currency -> Nullable<Text>,
        bundles_of_interest -> Text,
        message -> Text,
        conditions_version -> Nullable<Text>,
        conditions_accepted_at -> Nullable<Instant>,
        assignee_id -> Nullable<Uid>,
        revision -> BigInt,
        name_key -> Text,
        email_domain -> Text,
        created_at -> Instant,
        submitted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    resellers (id) {
        id -> Uid,
        request_id -> Uid,
        name -> Text,
        name_key -> Text,
        country -> Text,
        state -> Text,
        closed_on -> Nullable<Date>,
        created_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    users (id) {
        id -> Uid,
        side -> Text,
        role -> Text,
        reseller_id -> Nullable<Uid>,
        email -> Text,
        user_name -> Text,
        full_name -> Text,
        password_hash -> Nullable<Text>,
        state -> Text,
        created_at -> Instant,
        last_sign_in_at -> Nullable<Instant>,
        failures -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    tokens (id) {
        id -> Uid,
        purpose -> Text,
        secret_hash -> Text,
        subject -> Nullable<Uid>,
        created_at -> Instant,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    sessions (key_hash) {
        key_hash -> Text,
        id -> Uid,
        user_id -> Nullable<Uid>,
        state -> Text,
        created_at -> Instant,
        seen_at -> Instant,
        idle_seconds -> BigInt,
        ends_at -> Instant,
        expires_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    sent_forms (key) {
        key -> Text,
        content -> Text,
        status -> Nullable<BigInt>,
        location -> Nullable<Text>,
        sent_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    second_factors (user_id) {
        user_id -> Uid,
        secret -> Text,
        enrolled_at -> Instant,
        last_step -> BigInt,
        failures -> BigInt,
        locked_until -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    recovery_codes (user_id, code_hash) {
        user_id -> Uid,
        code_hash -> Text,
        used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    throttles (name) {
        name -> Text,
        spent_until -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    failed_pairs (address, pair) {
        address -> Text,
        pair -> Text,
        at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    audit_events (id) {
        id -> Uid,
        at -> Instant,
        actor_kind -> Text,
        actor_id -> Nullable<Uid>,
        actor_name -> Text,
        address -> Nullable<Text>,
        object_kind -> Text,
        object_id -> Uid,
        reseller_id -> Nullable<Uid>,
        action -> Text,
        summary -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    audit_seals (number) {
        number -> BigInt,
        event_id -> Uid,
        seal -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    mails (id) {
        id -> Uid,
        recipient -> Text,
        subject -> Text,
        body -> Text,
        created_at -> Instant,
        sent_at -> Nullable<Instant>,
        attempts -> BigInt,
        last_error -> Nullable<Text>,
        occasion -> Nullable<Text>,
        letter -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    mail_choices (user_id, occasion) {
        user_id -> Uid,
        occasion -> Text,
        wanted -> Bool,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    jobs (id) {
        id -> Uid,
        kind -> Text,
        key -> Text,
        lane -> Text,
        subject -> Nullable<Uid>,
        month -> Nullable<Text>,
        state -> Text,
        progress -> BigInt,
        total -> BigInt,
        message -> Text,
        attempts -> BigInt,
        created_at -> Instant,
        started_at -> Nullable<Instant>,
        finished_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    leases (name) {
        name -> Text,
        owner -> Uid,
        until -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    request_events (id) {
        id -> Uid,
        request_id -> Uid,
        at -> Instant,
        actor_kind -> Text,
        actor_name -> Text,
        kind -> Text,
        from_state -> Nullable<Text>,
        to_state -> Nullable<Text>,
        text -> Text,
        contact_kind -> Nullable<Text>,
        contact_on -> Nullable<Date>,
        people -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    request_assessments (request_id) {
        request_id -> Uid,
        interest -> Nullable<BigInt>,
        feasibility -> Nullable<BigInt>,
        checklist -> Text,
        due_on -> Nullable<Date>,
        recommendation -> Nullable<Text>,
        note -> Text,
        updated_at -> Instant,
        updated_by -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    terms_versions (id) {
        id -> Uid,
        request_id -> Uid,
        number -> BigInt,
        state -> Text,
        proposed_by -> Text,
        basis -> Text,
        share -> BigInt,
        collects -> Text,
        payment_days -> BigInt,
        valid_from -> Text,
        valid_until -> Nullable<Text>,
        note -> Text,
        created_at -> Instant,
        created_by -> Text,
        answered_at -> Nullable<Instant>,
        answered_by -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    products (id) {
        id -> Uid,
        sku -> Text,
        name -> Text,
        category -> Text,
        unit -> Text,
        metered -> Bool,
        name_key -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    bundles (id) {
        id -> Uid,
        code -> Text,
        name -> Text,
        description -> Text,
        kind -> Text,
        state -> Text,
        name_key -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    bundle_components (id) {
        id -> Uid,
        bundle_id -> Uid,
        product_id -> Nullable<Uid>,
        member_id -> Nullable<Uid>,
        included -> Fixed,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    charges (id) {
        id -> Uid,
        bundle_id -> Uid,
        kind -> Text,
        model -> Text,
        product_id -> Nullable<Uid>,
        position -> BigInt,
        package_size -> Nullable<Fixed>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    charge_tiers (charge_id, tier) {
        charge_id -> Uid,
        tier -> BigInt,
        up_to -> Fixed,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    terms_rates (id) {
        id -> Uid,
        terms_id -> Uid,
        bundle_id -> Nullable<Uid>,
        category -> Nullable<Text>,
        share -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    channels (id) {
        id -> Uid,
        reseller_id -> Uid,
        code -> Text,
        name -> Text,
        name_key -> Text,
        host -> Nullable<Text>,
        price_editable -> Bool,
        shows_reference -> Bool,
        may_import -> Bool,
        revision -> BigInt,
        created_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    channel_currencies (channel_id, currency) {
        channel_id -> Uid,
        currency -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    channel_bundles (channel_id, bundle_id) {
        channel_id -> Uid,
        bundle_id -> Uid,
        enabled -> Bool,
        policy -> Text,
        floor -> Nullable<BigInt>,
        ceiling -> Nullable<BigInt>,
        min_margin -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    channel_logos (channel_id) {
        channel_id -> Uid,
        png -> Binary,
        changed_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    price_versions (id) {
        id -> Uid,
        channel_id -> Nullable<Uid>,
        bundle_id -> Uid,
        currency -> Text,
        effective_from -> Date,
        concerns -> Text,
        reason -> Text,
        created_at -> Instant,
        created_by -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    price_requests (id) {
        id -> Uid,
        reference -> Text,
        channel_id -> Uid,
        bundle_id -> Uid,
        currency -> Text,
        effective_from -> Date,
        concerns -> Text,
        wished -> Text,
        reason -> Text,
        state -> Text,
        answer -> Text,
        asked_at -> Instant,
        asked_by -> Text,
        decided_at -> Nullable<Instant>,
        decided_by -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    kept_prices (channel_id, bundle_id, currency) {
        channel_id -> Uid,
        bundle_id -> Uid,
        currency -> Text,
        reference_from -> Date,
        kept_at -> Instant,
        kept_by -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    price_values (version_id, charge_id, tier) {
        version_id -> Uid,
        charge_id -> Uid,
        tier -> BigInt,
        unit_price -> Nullable<Price>,
        percent -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    customers (id) {
        id -> Uid,
        channel_id -> Uid,
        external_id -> Text,
        name -> Text,
        name_key -> Text,
        country -> Text,
        currency -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    subscriptions (id) {
        id -> Uid,
        reference -> Text,
        channel_id -> Uid,
        customer_id -> Uid,
        bundle_id -> Uid,
        start_on -> Date,
        end_on -> Nullable<Date>,
        price_rule -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    subscription_quantities (subscription_id, effective_from) {
        subscription_id -> Uid,
        effective_from -> Date,
        quantity -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_files (id) {
        id -> Uid,
        channel_id -> Uid,
        name -> Text,
        format -> Text,
        state -> Text,
        row_count -> BigInt,
        accepted_count -> BigInt,
        duplicate_count -> BigInt,
        rejected_count -> BigInt,
        unrated_count -> BigInt,
        first_day -> Nullable<Date>,
        last_day -> Nullable<Date>,
        skips_rejected -> Bool,
        message -> Text,
        created_at -> Instant,
        created_by -> Text,
        decided_at -> Nullable<Instant>,
        months -> Text,
        rows_before -> BigInt,
        digest -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_file_parts (file_id, position) {
        file_id -> Uid,
        position -> BigInt,
        content -> Binary,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_file_errors (file_id, line, position) {
        file_id -> Uid,
        line -> BigInt,
        position -> BigInt,
        column_name -> Text,
        value -> Text,
        reason -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_file_totals (file_id, kind, name) {
        file_id -> Uid,
        kind -> Text,
        name -> Text,
        total -> Fixed,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_records (id) {
        id -> Uid,
        channel_id -> Uid,
        file_id -> Nullable<Uid>,
        source -> Text,
        record_key -> Text,
        customer_ref -> Text,
        customer_label -> Text,
        product_ref -> Text,
        product_group -> Text,
        subscription_ref -> Text,
        quantity -> Fixed,
        unit -> Text,
        list_cost -> Nullable<Fixed>,
        currency -> Nullable<Text>,
        started_at -> Instant,
        ended_at -> Instant,
        day -> Date,
        customer_id -> Nullable<Uid>,
        product_id -> Nullable<Uid>,
        subscription_id -> Nullable<Uid>,
        unrated_cause -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_keys (channel_id, key_hash) {
        channel_id -> Uid,
        key_hash -> Uid,
        content_hash -> Uid,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_daily (subscription_id, product_id, day, unit, currency) {
        channel_id -> Uid,
        subscription_id -> Uid,
        product_id -> Uid,
        day -> Date,
        unit -> Text,
        currency -> Text,
        quantity -> Fixed,
        cost -> Fixed,
        record_count -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_totals (day, product_id, unit, slot) {
        day -> Date,
        product_id -> Uid,
        unit -> Text,
        slot -> Text,
        quantity -> Fixed,
        record_count -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_unrated (channel_id, day) {
        channel_id -> Uid,
        day -> Date,
        record_count -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_feeds (id) {
        id -> Uid,
        channel_id -> Uid,
        is_providers -> Bool,
        name -> Text,
        token_hash -> Text,
        created_at -> Instant,
        created_by -> Text,
        last_used_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    usage_mappings (channel_id, source, kind, external) {
        channel_id -> Uid,
        source -> Text,
        kind -> Text,
        external -> Text,
        customer_id -> Nullable<Uid>,
        product_id -> Nullable<Uid>,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    charge_lines (id) {
        id -> Uid,
        channel_id -> Uid,
        role -> Text,
        customer_id -> Nullable<Uid>,
        subscription_id -> Nullable<Uid>,
        bundle_id -> Nullable<Uid>,
        product_id -> Nullable<Uid>,
        category -> Nullable<Text>,
        charge_id -> Nullable<Uid>,
        kind -> Text,
        month -> Text,
        origin_month -> Text,
        corrects_id -> Nullable<Uid>,
        position -> BigInt,
        day_from -> Date,
        day_until -> Date,
        currency -> Text,
        quantity -> Fixed,
        included -> Text,
        billable -> Text,
        tier -> Nullable<BigInt>,
        unit_price -> Nullable<Price>,
        percent -> Nullable<BigInt>,
        cost -> Nullable<Fixed>,
        price_version_id -> Nullable<Uid>,
        gross -> Amt,
        credited -> Amt,
        reference -> Amt,
        terms_id -> Nullable<Uid>,
        reseller_share -> Amt,
        provider_share -> Amt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    rated_months (channel_id, month) {
        channel_id -> Uid,
        month -> Text,
        rated_at -> Instant,
        line_count -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    revenue_totals (month, currency, bundle_id, product_id, kind, slot) {
        month -> Text,
        currency -> Text,
        bundle_id -> Uid,
        product_id -> Uid,
        kind -> Text,
        slot -> Text,
        gross -> Amt,
        credited -> Amt,
        reseller_share -> Amt,
        provider_share -> Amt,
        line_count -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    revenue_channels (channel_id, month, currency) {
        channel_id -> Uid,
        month -> Text,
        currency -> Text,
        gross -> Amt,
        credited -> Amt,
        net -> Amt,
        reseller_share -> Amt,
        provider_share -> Amt,
        line_count -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    statements (id) {
        id -> Uid,
        channel_id -> Uid,
        currency -> Text,
        month -> Text,
        state -> Text,
        terms_id -> Nullable<Uid>,
        collects -> Nullable<Text>,
        payment_days -> Nullable<BigInt>,
        closed_at -> Nullable<Instant>,
        closed_by -> Nullable<Text>,
        sent_at -> Nullable<Instant>,
        agreed_at -> Nullable<Instant>,
        agreed_by -> Nullable<Text>,
        number -> Nullable<Text>,
        posted_at -> Nullable<Instant>,
        posted_by -> Nullable<Text>,
        due_on -> Nullable<Date>,
        gross -> Nullable<Amt>,
        credits -> Nullable<Amt>,
        reseller_share -> Nullable<Amt>,
        provider_share -> Nullable<Amt>,
        opening -> Nullable<Amt>,
        payments -> Nullable<Amt>,
        payments_through -> Nullable<BigInt>,
        closing -> Nullable<Amt>,
        previous_id -> Nullable<Uid>,
        seal -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    statement_waivers (statement_id, item) {
        statement_id -> Uid,
        item -> Text,
        reason -> Text,
        waived_at -> Instant,
        waived_by -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    disputes (id) {
        id -> Uid,
        statement_id -> Uid,
        line_id -> Uid,
        line_text -> Text,
        reason -> Text,
        claimed -> Nullable<Amt>,
        state -> Text,
        raised_at -> Instant,
        raised_by -> Text,
        answer -> Text,
        answered_at -> Nullable<Instant>,
        answered_by -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    credits (line_id) {
        line_id -> Uid,
        reason -> Text,
        issued_at -> Instant,
        issued_by -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    payments (id) {
        id -> Uid,
        channel_id -> Uid,
        currency -> Text,
        number -> BigInt,
        statement_id -> Uid,
        amount -> Amt,
        paid_on -> Date,
        reference -> Text,
        recorded_at -> Instant,
        recorded_by -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    settlement_runs (id) {
        id -> Uid,
        step -> Text,
        month -> Text,
        actor_kind -> Text,
        actor_id -> Nullable<Uid>,
        actor_name -> Text,
        address -> Nullable<Text>,
        started_at -> Instant,
        taken -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    settlement_refusals (id) {
        id -> Uid,
        run_id -> Uid,
        channel_id -> Uid,
        statement_id -> Nullable<Uid>,
        what -> Text,
        reason -> Text,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    terms_tiers (terms_id, currency, from_amount) {
        terms_id -> Uid,
        currency -> Text,
        from_amount -> Amt,
        share -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::*;
    use diesel::sql_types::*;

    terms_limits (terms_id, currency) {
        terms_id -> Uid,
        currency -> Text,
        commitment -> Nullable<Amt>,
        cap -> Nullable<Amt>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    settings,
    counters,
    applicants,
    request_counts,
    reseller_request_info,
    resellers,
    users,
    tokens,
    sessions,
    sent_forms,
    second_factors,
    recovery_codes,
    throttles,
    failed_pairs,
    audit_events,
    audit_seals,
    mails,
    mail_choices,
    jobs,
    leases,
    request_events,
    request_assessments,
    terms_versions,
    products,
    bundles,
    bundle_components,
    charges,
    charge_tiers,
    terms_rates,
    channels,
    channel_currencies,
    channel_bundles,
    channel_logos,
    price_versions,
    price_values,
    price_requests,
    kept_prices,
    customers,
    subscriptions,
    subscription_quantities,
    usage_files,
    usage_file_parts,
    usage_file_errors,
    usage_file_totals,
    usage_records,
    usage_keys,
    usage_daily,
    usage_totals,
    usage_unrated,
    usage_feeds,
    usage_mappings,
    charge_lines,
    rated_months,
    revenue_channels,
    revenue_totals,
    statements,
    statement_waivers,
    disputes,
    credits,
    payments,
    settlement_runs,
    settlement_refusals,
    terms_tiers,
    terms_limits,
);
