# iad is back in service: it is raised above phx again.
priorities = {
  iad = 40
  phx = 30
}
