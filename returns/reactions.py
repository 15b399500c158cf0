"""What a step below moves up here: replacement orders, refunds, rejected parcels. Registered on the lower tables."""
