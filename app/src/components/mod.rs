//! Parts that several pages share; rendered on the server alone.
