//! A member's credit: every trouble at each call that issues it.

super::credit::each_call!(
    domain::credit::Program::Tenant;
    customer_by_id => CustomerById,
    customer_again => CustomerAgain,
    customers_by_email => CustomersByEmail,
    more_customers => MoreCustomers,
    create_customer => CreateCustomer,
    find_balance => FindBalance,
    post_balance => PostBalance,
);
