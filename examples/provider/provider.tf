terraform {
  required_providers {
    millicast = {
      source = "millicast/millicast"
    }
  }
}

# The API secret comes from MILLICAST_API_SECRET.
provider "millicast" {
  account_id = "Abcde0"
}
