# By the name of the stream: the order is the one that its tokens have.
terraform import millicast_stream_failover.main main_stream
