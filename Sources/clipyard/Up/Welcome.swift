/// What `clipyard up` prints once everything answers.
struct Welcome {
    let address: String
    let home: Home

    var text: String {
        """

        Clipyard is up: \(address)

          The feed            curl '\(address)/douyin/feed/'
          An account          curl -d 'username=ada&password=lovelace' \(address)/douyin/user/register/
          A first upload      curl -F data=@samples/sunrise.mp4 -F token=TOKEN -F 'title=First light' \(address)/douyin/publish/action/

          Everything it writes is in \(home.path); the logs are in \(home.logs).
          Ctrl-C stops it; the next start goes on with the data.

        """
    }
}
