# Viewers move to phx while iad is being worked on.
priorities = {
  iad = 20
  phx = 30
}
