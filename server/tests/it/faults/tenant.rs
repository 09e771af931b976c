//! A member's credit: every trouble at each call on its way.

super::credit::each_call!(
    domain::Program::Tenant;
    customer_by_id => CustomerById,
    customers_by_email => CustomersByEmail,
    create_customer => CreateCustomer,
    find_balance => FindBalance,
    post_balance => PostBalance,
);
